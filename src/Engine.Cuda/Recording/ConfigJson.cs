using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>The first line of an event log: its version, and the scheduler's limits.</summary>
internal static class ConfigJson
{
    private const string VersionName = "skpaged_events";

    private static readonly JsonSerializerOptions _options =
        new() { IgnoreReadOnlyProperties = true };

    public static void Write(Utf8JsonWriter json, int version, SchedulerConfig config)
    {
        json.WriteStartObject();
        json.WriteNumber(VersionName, version);
        json.WritePropertyName("config");
        JsonSerializer.Serialize(json, config, _options);
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">
    /// It is no such line, of a later version, or its limits are none: names all of them.
    /// </exception>
    public static SchedulerConfig Read(JsonElement line, int versionMax)
    {
        if (line.ValueKind != JsonValueKind.Object
            || !line.TryGetProperty(VersionName, out var found)
            || !found.TryGetInt32(out var number))
            throw new FormatException($"there is no \"{VersionName}\": this is no event log.");
        if (number < 1 || number > versionMax)
            throw new FormatException(
                $"the log is of version {number}; this program reads 1 to {versionMax}.");
        var config = line.Required("config").Deserialize<SchedulerConfig>(_options)
            ?? throw new FormatException("the config is null.");
        return config.Validate().Match(
            Succ: valid => valid,
            Fail: errors => throw new FormatException(
                string.Join(' ', errors.Select(error => error.Message))));
    }
}
