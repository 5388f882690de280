using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>
/// Each component of a tokenizer.json against Hugging Face's results: Data/components.json, which
/// Data/make-components.js makes.
/// </summary>
public sealed class TokenizerComponentTests
{
    private static readonly JsonNode Components =
        JsonNode.Parse(File.ReadAllText(Files.Data("components.json")))!;

    private static readonly Dictionary<string, JsonNode> Rows = Components["rows"]!.AsArray()
        .ToDictionary(row => row!["name"]!.GetValue<string>(), row => row!);

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokens_and_text_are_those_of_the_reference(string name)
    {
        var tokenizer = Make(name);
        var texts = Components["texts"]!.AsArray();
        var encoded = Rows[name]["encoded"]!.AsArray();
        Assert.Equal(texts.Count, encoded.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            var text = texts[i]!.GetValue<string>();
            var want = encoded[i]!.AsArray().Select(id => id!.GetValue<int>());
            Assert.Equal(want, Files.Ids(tokenizer.Encode(text, addSpecialTokens: true)));
        }
        foreach (var row in Rows[name]["decoded"]!.AsArray())
        {
            var tokens = Files.Tokens(row!["ids"]!.AsArray().Select(id => id!.GetValue<int>()));
            Assert.Equal(row["text"]!.GetValue<string>(), tokenizer.Decode(tokens, false));
            Assert.Equal(row["skip"]!.GetValue<string>(), tokenizer.Decode(tokens, true));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_comes_piece_by_piece_is_what_comes_at_once(string name) =>
        TokenizerLaws.PiecesMakeTheWhole(Make(name), seed: 5, rounds: 100);

    [Theory]
    [InlineData("byte level, its own pattern")]
    [InlineData("split by a pattern with (?i:)")]
    [InlineData("ignore merges")]
    [InlineData("NFC")]
    [InlineData("added tokens with flags")]
    [InlineData("characters, prepended")]
    public void Ordinary_text_never_becomes_an_added_token(string name) =>
        TokenizerLaws.OrdinaryTextIsOrdinary(Make(name), seed: 6, rounds: 300);

    private static TextTokenizer Make(string name)
    {
        var (row, whole) = (Rows[name], new JsonObject());
        foreach (var (key, part) in row["tokenizer"]!.AsObject()) whole[key] = part?.DeepClone();
        var model = Components["bases"]![row["base"]!.GetValue<string>()]!.DeepClone().AsObject();
        foreach (var (key, part) in whole["model"]!.AsObject()) model[key] = part?.DeepClone();
        whole["model"] = model;
        return Files.Parse(whole);
    }
}
