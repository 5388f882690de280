using System.Diagnostics;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>Waits for what another thread must bring about.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task Until(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Limit)
                throw new TimeoutException($"Not after {Limit}.");
            await Task.Delay(1);
        }
    }
}
