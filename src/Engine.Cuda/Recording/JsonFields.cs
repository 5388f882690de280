using System.Text.Json;

namespace SkPaged.Engine.Cuda;

/// <summary>Fields of a line of an event log.</summary>
internal static class JsonFields
{
    /// <summary>A field that must be there.</summary>
    /// <exception cref="FormatException">It is not: names it.</exception>
    public static JsonElement Required(this JsonElement line, string name) =>
        line.TryGetProperty(name, out var value)
            ? value
            : throw new FormatException($"there is no \"{name}\".");
}
