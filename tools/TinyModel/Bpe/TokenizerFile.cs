using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Bpe;

/// <summary>Reads and writes <c>tokenizer.json</c>, the format of Hugging Face tokenizers.</summary>
public static class TokenizerFile
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a tokenizer.</summary>
    public static void Write(string path, Vocabulary vocabulary) =>
        File.WriteAllText(path, Document(vocabulary).ToJsonString(Readable) + "\n");

    /// <summary>Reads the vocabulary of a tokenizer that <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is no such tokenizer.</exception>
    public static Vocabulary Read(string path)
    {
        try
        {
            var merges = JsonNode.Parse(File.ReadAllText(path))!["model"]!["merges"]!.AsArray();
            return new Vocabulary([.. merges.Select(merge => merge!.GetValue<string>().Split(' '))
                .Select(pair => new Merge(pair[0], pair[1]))]);
        }
        catch (Exception cause) when (cause is JsonException or NullReferenceException
            or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path} is no tokenizer.json of this tool.", cause);
        }
    }

    private static JsonObject Document(Vocabulary vocabulary) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. SpecialTokens.All.Select((token, i) =>
            AddedToken(vocabulary.FirstSpecial + i, token))]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = Pretokenizer.Pattern },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                ByteLevel()),
        },
        ["post_processor"] = ByteLevel(),
        ["decoder"] = ByteLevel(),
        ["model"] = Model(vocabulary),
    };

    private static JsonObject Model(Vocabulary vocabulary)
    {
        var ids = new JsonObject();
        for (var id = 0; id < vocabulary.FirstSpecial; id++) ids[vocabulary.Pieces[id]] = id;
        return new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = "",
            ["end_of_word_suffix"] = "",
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["ignore_merges"] = false,
            ["vocab"] = ids,
            ["merges"] = new JsonArray([.. vocabulary.Merges.Select(merge =>
                (JsonNode)JsonValue.Create($"{merge.Left} {merge.Right}"))]),
        };
    }

    private static JsonObject AddedToken(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = SpecialTokens.IsHidden(content),
    };

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = false,
        ["use_regex"] = false,
    };
}
