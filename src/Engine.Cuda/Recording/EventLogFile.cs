namespace SkPaged.Engine.Cuda;

/// <summary>Whether an event log can be written, before there is an engine to record.</summary>
internal static class EventLogFile
{
    /// <summary>
    /// What the path must be and is not; null where it will do. Leaves a log that is there as it
    /// is, and none where there is none.
    /// </summary>
    public static string? Objection(string file)
    {
        if (string.IsNullOrWhiteSpace(file))
            return "a path, or null";
        if (Directory.Exists(file))
            return "a file, and is a folder";
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(file));
            if (!Directory.Exists(folder))
                return $"in a folder that exists, and there is no \"{folder}\"";
            Open(File.Exists(file) ? file : Path.Combine(folder, Path.GetRandomFileName()));
            return null;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException
            or ArgumentException or NotSupportedException)
        {
            return $"a file that can be written: {wrong.Message.TrimEnd('.')}";
        }
    }

    private static void Open(string file)
    {
        var options = File.Exists(file) ? FileOptions.None : FileOptions.DeleteOnClose;
        new FileStream(
            file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, 1, options)
            .Dispose();
    }
}
