using SkPaged.Properties.Generators;
using Xunit.Sdk;

namespace SkPaged.Properties.Simulation;

/// <summary>What a check says of what it looks at.</summary>
internal static class Breaking
{
    /// <summary>
    /// What <paramref name="check"/> finds broken. A scheduler that throws, or trips over an
    /// assertion of its own, has broken as well: its exception must not take the seed along.
    /// </summary>
    public static string? Of(Func<string?> check)
    {
        try
        {
            return check();
        }
        catch (Exception broken) when (broken is LawBrokenException or XunitException)
        {
            return broken.Message;
        }
#pragma warning disable CA1031 // whatever it is, it is told with the seed
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return $"{thrown.GetType().Name}: {thrown.Message}";
        }
    }
}
