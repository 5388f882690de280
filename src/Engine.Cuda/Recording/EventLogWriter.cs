using System.IO.Compression;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Writes what a scheduler is told, one JSON line an event, behind a line with the version and the
/// limits. The scheduler is a function, so the log is the run: reading it back into
/// <see cref="Scheduler.Step"/> gives every state and decision again.
/// </summary>
/// <remarks>Holds the prompts and the tokens of all requests, and their salts.</remarks>
public sealed class EventLogWriter : IDisposable
{
    /// <summary>
    /// The version that is written; those from 1 on are read. Since 2 requests may have several
    /// samples: a program that reads only 1 would play them back as one. Since 3 a drawn token
    /// without a log probability is a number, where it was an array of one.
    /// </summary>
    public const int Version = 3;

    private static readonly byte[] _newLine = "\n"u8.ToArray();

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;

    /// <summary>Creates a log, over one that may be there.</summary>
    /// <param name="file">Its path; one that ends in ".gz" is compressed.</param>
    /// <param name="config">The scheduler's limits.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public EventLogWriter(string file, SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(config);
        _stream = Open(file);
        _json = new Utf8JsonWriter(_stream);
        ConfigJson.Write(_json, Version, config);
        EndLine();
    }

    /// <summary>Writes an event. It is on disk once the log is disposed.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(Event evt)
    {
        ArgumentNullException.ThrowIfNull(evt);
        EventJson.Write(_json, evt);
        EndLine();
    }

    /// <summary>Ends the log.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }

    private static BufferedStream Open(string file)
    {
        var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read);
        return file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new BufferedStream(new GZipStream(stream, CompressionLevel.Fastest), 1 << 16)
            : new BufferedStream(stream, 1 << 16);
    }

    private void EndLine()
    {
        _json.Flush();
        _stream.Write(_newLine);
        _json.Reset();
    }
}
