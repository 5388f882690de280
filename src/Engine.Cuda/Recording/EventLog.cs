using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>A recorded run: the limits, and what the scheduler was told, in order.</summary>
/// <param name="Config">The scheduler's limits.</param>
/// <param name="Events">
/// Read from the file as they are enumerated; an unreadable one throws an
/// <see cref="EventLogException"/> then.
/// </param>
public sealed record EventLog(SchedulerConfig Config, IEnumerable<Event> Events)
{
    /// <summary>Opens a log that an <see cref="EventLogWriter"/> wrote.</summary>
    /// <param name="file">Its path; one that ends in ".gz" is compressed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="EventLogException">
    /// Its first line is none of a log, is of a later version, or has limits that no engine has.
    /// </exception>
    public static EventLog Open(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var first = Lines(file).FirstOrDefault()
            ?? throw new EventLogException(file, 1, "the file is empty.");
        var config = Parsed(
            file, 1, first, line => ConfigJson.Read(line, EventLogWriter.Version));
        return new EventLog(config, Lines(file).Skip(1).Select((line, index) =>
            Parsed(file, index + 2, line, EventJson.Read)));
    }

    private static T Parsed<T>(string file, int number, string line, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return Parsed(file, number, json.RootElement, read);
        }
        catch (JsonException wrong)
        {
            throw new EventLogException(
                file, number, $"this is no JSON, or is cut off: {wrong.Message}", wrong);
        }
    }

    private static T Parsed<T>(
        string file, int number, JsonElement line, Func<JsonElement, T> read)
    {
        try
        {
            return read(line);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException
            or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw new EventLogException(file, number, wrong.Message, wrong);
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var stream = File.OpenRead(file);
        using var plain = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new CountedStream(new GZipStream(stream, CompressionMode.Decompress))
            : null;
        using var reader = new StreamReader((Stream?)plain ?? stream);
        var number = 1;
        for (; Line(file, number, reader) is { } line; number++)
            yield return line;
        if (plain is not null && unchecked((uint)plain.Count) != PlainLength(stream))
            throw new EventLogException(
                file, number, "the compressed log is cut off before this line.");
    }

    // A gzip file ends with the length of what it holds, modulo 2^32 (RFC 1952). A GZipStream does
    // not look at it: to that one a file that is cut off just ends.
    private static uint? PlainLength(FileStream gzip)
    {
        Span<byte> end = stackalloc byte[sizeof(uint)];
        if (gzip.Length < end.Length)
            return null;
        gzip.Seek(-end.Length, SeekOrigin.End);
        gzip.ReadExactly(end);
        return BinaryPrimitives.ReadUInt32LittleEndian(end);
    }

    private static string? Line(string file, int number, StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException wrong)
        {
            throw new EventLogException(
                file, number, $"this is not compressed, or is cut off: {wrong.Message}", wrong);
        }
    }
}
