namespace SkPaged.Engine.Cuda;

/// <summary>An event log cannot be read: names the file, the line and what is wrong.</summary>
public sealed class EventLogException : Exception
{
    /// <summary>Says where and what.</summary>
    /// <param name="file">The log.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="cause">What found it.</param>
    public EventLogException(string file, int line, string problem, Exception? cause = null)
        : base($"{file}, line {line}: {problem}", cause) =>
        (File, Line) = (file, line);

    /// <summary>The log.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }
}
