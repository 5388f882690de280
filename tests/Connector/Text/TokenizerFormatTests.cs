using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>What a file that cannot be used is told.</summary>
public sealed class TokenizerFormatTests
{
    [Theory]
    [InlineData("normalizer", """{"type": "Precompiled"}""", "normalizer 'Precompiled'")]
    [InlineData("normalizer",
        """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "BertNormalizer"}]}""",
        "normalizer 'BertNormalizer'")]
    [InlineData("pre_tokenizer", """{"type": "Punctuation"}""", "pre_tokenizer 'Punctuation'")]
    [InlineData(
        "post_processor", """{"type": "BertProcessing"}""", "post_processor 'BertProcessing'")]
    [InlineData("decoder", """{"type": "WordPiece"}""", "decoder 'WordPiece'")]
    [InlineData("decoder",
        """{"type": "Strip", "content": " ", "start": 0, "stop": 1}""", "decoder 'Strip'")]
    [InlineData("model", """{"type": "Unigram", "vocab": []}""", "model 'Unigram'")]
    [InlineData("model",
        """{"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {}, "merges": []}""",
        "model.end_of_word_suffix")]
    [InlineData("model",
        """{"type": "BPE", "dropout": 0.1, "vocab": {}, "merges": []}""", "model.dropout")]
    public void A_component_that_is_not_supported_is_named(
        string part, string json, string component)
    {
        var error = Error(part, json);
        Assert.Equal(component, error.Component);
        Assert.Equal("tokenizer.json", error.File);
        Assert.Equal(
            $"tokenizer.json: {component}: this component is not supported", error.Message);
    }

    [Theory]
    [InlineData(@"\p{Han}+", "property 'Han'")]
    [InlineData(@"[\p{L}&&[^a]]", "an intersection of sets")]
    [InlineData(@"[a[b]]", "a set within a set")]
    [InlineData(@"[^", "a set without its ]")]
    [InlineData(@"\h+", @"\h")]
    [InlineData(@"(?m:.)", "group '(?m:'")]
    [InlineData(@"a{2}?", "}?")]
    [InlineData(@"a{x}", "a { that is no interval")]
    [InlineData(@"🙂", "a character beyond U+FFFF")]
    [InlineData(@"a)", "a ) without its (")]
    [InlineData(@"(a", "Not enough )'s")]
    public void A_pattern_that_would_be_read_otherwise_here_is_refused(
        string pattern, string reason)
    {
        var split = new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = pattern },
            ["behavior"] = "Isolated",
        };
        var error = Error("pre_tokenizer", split.ToJsonString());
        Assert.Equal("pre_tokenizer 'Split'", error.Component);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model", "null", "content: 'model' is missing")]
    [InlineData("model", """{"type": "BPE", "merges": []}""", "model: 'vocab' is missing")]
    [InlineData("model", """{"vocab": {"a": -1}, "merges": []}""", "id -1 is not in 0")]
    [InlineData("model", """{"vocab": {"a": "b"}, "merges": []}""", "32-bit integer")]
    [InlineData("model", """{"vocab": {"a": 0, "b": 0}, "merges": []}""", "one id")]
    [InlineData("model", """{"vocab": {"a": 0}, "merges": ["a"]}""", "'a' is not a pair")]
    [InlineData("model",
        """{"vocab": {"a": 0, "b": 1}, "merges": ["a b"]}""", "'ab' is not in the vocabulary")]
    [InlineData("model",
        """{"vocab": {"a": 0}, "merges": [], "unk_token": "?"}""",
        "model.unk_token: is not in the vocabulary")]
    [InlineData("model",
        """{"vocab": {"<0x00>": 0}, "merges": [], "byte_fallback": true}""",
        "only 1 of 256 byte tokens")]
    [InlineData("added_tokens", """[{"id": 1000000000, "content": "x"}]""", "added token 'x'")]
    [InlineData("pre_tokenizer",
        """
        {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]}
        """, "'ByteLevel' before another")]
    public void A_broken_file_is_told_what_is_wrong(string part, string json, string reason) =>
        Assert.Contains(reason, Error(part, json).Message, StringComparison.Ordinal);

    [Fact]
    public void Text_that_is_no_JSON_is_told_so()
    {
        using var stream = new MemoryStream("{"u8.ToArray());
        var error = Assert.Throws<TokenizerFormatException>(
            () => TextTokenizer.Parse(stream, null));
        Assert.StartsWith(
            "tokenizer.json: content: not JSON", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_told_which_file_is_missing()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var error = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(folder));
        Assert.Equal(Path.Combine(folder, "tokenizer.json"), error.File);
        Assert.EndsWith("there is no such file", error.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static TokenizerFormatException Error(string part, string json)
    {
        var tokenizer = TinyTokenizer.Bytes();
        tokenizer[part] = JsonNode.Parse(json);
        return Assert.Throws<TokenizerFormatException>(() => Files.Parse(tokenizer));
    }
}
