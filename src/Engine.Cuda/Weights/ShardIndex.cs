using System.Collections.Immutable;
using System.Text.Json;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>
/// Which file of a sharded model holds which tensor: <c>model.safetensors.index.json</c>.
/// </summary>
internal static class ShardIndex
{
    /// <summary>From tensor names to file names within the folder.</summary>
    /// <exception cref="ModelFileException">The index is corrupt.</exception>
    public static ImmutableDictionary<string, string> Parse(string path, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
                throw new ModelFileException(path, null, "has no weight_map object");
            var files = ImmutableDictionary.CreateBuilder<string, string>();
            foreach (var entry in map.EnumerateObject())
                if (!files.TryAdd(entry.Name, FileName(path, entry)))
                    throw new ModelFileException(path, entry.Name, "its name stands there twice");
            return files.ToImmutable();
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new ModelFileException(path, null, $"is not valid JSON: {cause.Message}", cause);
        }
    }

    // An index is data from elsewhere: it may name files of its own folder and no others.
    private static string FileName(string path, JsonProperty entry)
    {
        var name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        return name is not ("" or "." or "..") && name.AsSpan().IndexOfAny("/\\:\0") < 0
            ? name
            : throw new ModelFileException(
                path, entry.Name, $"{entry.Value} is not the name of a file in the folder");
    }
}
