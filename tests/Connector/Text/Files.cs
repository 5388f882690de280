using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>Where the tests' data is, and tokenizers made of it.</summary>
internal static class Files
{
    private static readonly ConcurrentDictionary<string, Lazy<TextTokenizer>> Loaded = new();

    private static string Root { get; } = Repository.File("");

    public static string Data(string name) =>
        Path.Combine(Root, "tests", "Connector", "Text", "Data", name);

    /// <summary>
    /// The published tokenizer of that name; skips the test where it is not at hand.
    /// </summary>
    public static TextTokenizer Published(string model)
    {
        var folder = PublishedFolder(model);
        return Loaded.GetOrAdd(model, _ => new(() =>
        {
            using var file = File.OpenRead(Path.Combine(folder, "tokenizer.json.gz"));
            using var json = new GZipStream(file, CompressionMode.Decompress);
            using var config = File.OpenRead(Path.Combine(folder, "tokenizer_config.json"));
            return TextTokenizer.Parse(json, config);
        })).Value;
    }

    /// <summary>What Hugging Face's tokenizer makes of a hundred texts.</summary>
    public static JsonDocument Expected(string model) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(PublishedFolder(model), "expected.json")));

    public static TextTokenizer Parse(JsonNode tokenizer, JsonNode? config = null)
    {
        using var json = Stream(tokenizer);
        using var configJson = config is null ? null : Stream(config);
        return TextTokenizer.Parse(json, configJson);
    }

    public static MemoryStream Stream(JsonNode json) =>
        new(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static int[] Ids(IEnumerable<TokenId> tokens) =>
        [.. tokens.Select(token => token.Value)];

    public static TokenId[] Tokens(IEnumerable<int> ids) => [.. ids.Select(id => new TokenId(id))];

    public static int[] Ints(JsonElement array) =>
        [.. array.EnumerateArray().Select(each => each.GetInt32())];

    private static string PublishedFolder(string model)
    {
        var folder = Path.Combine(Root, "..", "shared", "data", "tokenizers", model);
        Skip.IfNot(Directory.Exists(folder), $"the reference data {folder} is not here");
        return folder;
    }
}
