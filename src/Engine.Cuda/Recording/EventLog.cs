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
            ? new GZipStream(stream, CompressionMode.Decompress)
            : (Stream)stream;
        using var reader = new StreamReader(plain);
        for (var number = 1; Line(file, number, reader) is { } line; number++)
            yield return line;
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
