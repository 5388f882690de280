namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Waiting without hanging: who waits longer than this has found a deadlock.</summary>
internal static class Waits
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static async Task Until(Func<bool> holds, string what)
    {
        var end = Environment.TickCount64 + (long)Long.TotalMilliseconds;
        while (!holds())
        {
            if (Environment.TickCount64 > end)
                throw new TimeoutException($"Did not happen: {what}.");
            await Task.Delay(1);
        }
    }

    /// <summary>Nothing is held for anyone any more.</summary>
    public static Task UntilEmpty(EngineLoop loop) =>
        Until(
            () => loop.OpenCount == 0
                && loop.Snapshot is { Running: 0, Waiting: 0 } snapshot
                && snapshot.BlocksFree == snapshot.BlocksTotal,
            $"an empty engine: {loop.OpenCount} open, {loop.Snapshot}");
}
