using System.Text.Json.Nodes;

namespace SkPaged.Connector.Tests.Text;

/// <summary>
/// The smallest tokenizer.json that works, for tests that change one thing in it.
/// </summary>
internal static class TinyTokenizer
{
    /// <summary>Byte-level, with every byte a token and no merges.</summary>
    public static JsonObject Bytes()
    {
        var vocabulary = new JsonObject();
        for (int value = 0, next = 0x100; value < 0x100; value++)
        {
            var printable = value is > 32 and < 127 or > 160 and not 173;
            vocabulary[((char)(printable ? value : next++)).ToString()] = value;
        }
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Added(256, "<|end|>"), Added(257, "<s>")),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
        };
    }

    public static JsonObject ByteLevel() =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true };

    public static JsonObject Added(int id, string content) =>
        new() { ["id"] = id, ["content"] = content, ["special"] = true };
}
