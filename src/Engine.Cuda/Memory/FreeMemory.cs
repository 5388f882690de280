namespace SkPaged.Engine.Cuda.Memory;

/// <summary>Bytes that can still be had.</summary>
internal static class FreeMemory
{
    private const string MemoryInfo = "/proc/meminfo";
    private const string AvailableKey = "MemAvailable:";

    /// <summary>
    /// Of the machine's RAM, or of what this process may have of it (containers) if that is less.
    /// </summary>
    public static long OnHost()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var own = Math.Max(0, limit - Environment.WorkingSet);
        return OperatingSystem.IsLinux() && File.Exists(MemoryInfo)
            && AvailableIn(File.ReadLines(MemoryInfo)) is { } available
            ? Math.Min(own, available)
            : own;
    }

    /// <summary>
    /// The bytes that Linux thinks can be had without swapping; null where it is silent.
    /// </summary>
    internal static long? AvailableIn(IEnumerable<string> memoryInfo)
    {
        var line =
            memoryInfo.FirstOrDefault(l => l.StartsWith(AvailableKey, StringComparison.Ordinal));
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [_, var kibibytes, "kB"] && long.TryParse(kibibytes, out var value)
            ? value * 1024
            : null;
    }
}
