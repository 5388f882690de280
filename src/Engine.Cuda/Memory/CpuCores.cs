namespace SkPaged.Engine.Cuda.Memory;

/// <summary>Cores that this process may use.</summary>
internal static class CpuCores
{
    private const string Topology = "/sys/devices/system/cpu";

    /// <summary>
    /// Cores with execution units of their own: hardware threads of one core share its units and
    /// its path to memory, which are what a model waits for. At most what the process may use.
    /// </summary>
    public static int Physical() => Math.Clamp(
        OperatingSystem.IsLinux() ? SiblingGroups(Topology) : Environment.ProcessorCount,
        1, Environment.ProcessorCount);

    /// <summary>
    /// Cores in a folder such as Linux's; what the process may use where it is silent.
    /// </summary>
    internal static int SiblingGroups(string folder)
    {
        try
        {
            var groups = Directory.EnumerateDirectories(folder, "cpu*")
                .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(file => File.ReadAllText(file).Trim())
                .Distinct()
                .Count();
            return groups > 0 ? groups : Environment.ProcessorCount;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return Environment.ProcessorCount;
        }
    }
}
