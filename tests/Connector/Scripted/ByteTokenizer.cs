using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>
/// A tokenizer.json in which every byte is a token, and the marks of turns and calls are one each:
/// any text can be said, every character beyond ASCII is cut into pieces, and counts are plain.
/// </summary>
internal static class ByteTokenizer
{
    public const int VocabularySize = 265;

    private const string Config = "{\"bos_token\": \"<|begin|>\", \"eos_token\": \"<|im_end|>\"}";

    public static TextTokenizer Instance { get; } = Create();

    public static TokenId TurnEnd => new(258);

    /// <summary>Puts the tokenizer's files into a model's folder.</summary>
    public static void WriteTo(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TokenizerJson().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), Config);
    }

    private static TextTokenizer Create()
    {
        using var tokenizer = new MemoryStream(
            JsonSerializer.SerializeToUtf8Bytes(TokenizerJson()));
        using var config = new MemoryStream(Encoding.UTF8.GetBytes(Config));
        return TextTokenizer.Parse(tokenizer, config);
    }

    private static JsonObject TokenizerJson() =>
        new()
        {
            ["added_tokens"] = new JsonArray(
                Added(256, "<|begin|>", true),
                Added(257, "<|im_start|>", true),
                Added(258, "<|im_end|>", true),
                Added(259, "<tool_call>", false),
                Added(260, "</tool_call>", false),
                Added(261, "<|other|>", true),
                Added(262, "<|python_tag|>", true),
                Added(263, "[TOOL_CALLS]", true),
                Added(264, "[ARGS]", true)),
            ["pre_tokenizer"] = ByteLevel(),
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = new JsonObject(
                    Enumerable.Range(0, 256).Select(
                        b => KeyValuePair.Create($"{Letter(b)}", (JsonNode?)JsonValue.Create(b)))),
                ["merges"] = new JsonArray(),
            },
        };

    private static JsonObject Added(int id, string content, bool special) =>
        new()
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = special,
        };

    private static JsonObject ByteLevel() =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false };

    // GPT-2's alphabet: printable bytes are themselves, the others follow from U+0100 on.
    private static char Letter(int value) =>
        Printable(value)
            ? (char)value
            : (char)(256 + Enumerable.Range(0, value).Count(smaller => !Printable(smaller)));

    private static bool Printable(int value) =>
        value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
}
