using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>The <c>model</c> of a tokenizer.json of type BPE, as the file has it.</summary>
/// <param name="Vocabulary">Spelling to id.</param>
/// <param name="Merges">Pairs of spellings, first come first merged.</param>
/// <param name="UnknownToken">What an unknown character becomes; null: it is dropped.</param>
/// <param name="FuseUnknown">One such token for a run of unknown characters.</param>
/// <param name="ByteFallback">
/// An unknown character becomes its bytes, <c>&lt;0xE4&gt;...</c>
/// </param>
/// <param name="IgnoreMerges">A word that is in the vocabulary is that token.</param>
internal sealed record BpeModel(
    Dictionary<string, int> Vocabulary,
    IReadOnlyList<(string Left, string Right)> Merges,
    string? UnknownToken,
    bool FuseUnknown,
    bool ByteFallback,
    bool IgnoreMerges)
{
    // Above any vocabulary known (2^18), and low enough for a table indexed by id.
    public const int TokensMax = 1 << 24;

    public static BpeModel Read(JsonElement json, TokenizerFile file)
    {
        // Old files have no type; only a BPE has merges.
        var type = file.StringOrNull(json, "type", "model") ?? "BPE";
        if (type != "BPE") throw file.Unsupported($"model '{type}'");
        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (file.StringOrNull(json, name, "model") is { Length: > 0 })
                throw file.Unsupported($"model.{name}");
        }
        var dropout = TokenizerFile.Optional(json, "dropout")?.GetRawText();
        if (dropout is not (null or "0.0" or "0"))
            throw file.Unsupported("model.dropout");
        return new(
            ReadVocabulary(file.Required(json, "vocab", "model"), file),
            ReadMerges(json, file),
            file.StringOrNull(json, "unk_token", "model"),
            file.Bool(json, "fuse_unk", "model", false),
            file.Bool(json, "byte_fallback", "model", false),
            file.Bool(json, "ignore_merges", "model", false));
    }

    private static Dictionary<string, int> ReadVocabulary(JsonElement json, TokenizerFile file)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw file.Broken("model.vocab", "must be an object of token: id");
        var vocabulary =
            new Dictionary<string, int>(json.GetPropertyCount(), StringComparer.Ordinal);
        foreach (var token in json.EnumerateObject())
        {
            var id = file.AsInt(token.Value, "model.vocab");
            vocabulary[token.Name] = id is >= 0 and < TokensMax
                ? id
                : throw file.Broken("model.vocab", $"id {id} is not in 0 .. {TokensMax - 1}");
        }
        return vocabulary;
    }

    private static List<(string, string)> ReadMerges(JsonElement json, TokenizerFile file)
    {
        const string Component = "model.merges";
        var merges = new List<(string, string)>();
        foreach (var merge in file.Array(json, "merges", "model"))
        {
            if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2)
            {
                merges.Add(
                    (file.AsString(merge[0], Component), file.AsString(merge[1], Component)));
                continue;
            }
            var pair = file.AsString(merge, Component);
            if (pair.StartsWith("#version", StringComparison.Ordinal)) continue;
            merges.Add(pair.Split(' ') is [var left, var right]
                ? (left, right)
                : throw file.Broken(Component, $"'{pair}' is not a pair"));
        }
        return merges;
    }
}
