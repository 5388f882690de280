using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

public sealed class TokenizerLawTests
{
    public static TheoryData<string> Models => ["qwen3", "llama3_1", "llama2"];

    [SkippableFact]
    public void Byte_level_tokens_give_the_text_back()
    {
        var tokenizer = Files.Published("llama3_1");
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var text = RandomText.Next(random, 30);
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, false).AsSpan(), false));
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeOrdinary(text).AsSpan(), true));
        }
    }

    [SkippableFact]
    public void Byte_level_tokens_give_normalized_text_back()
    {
        var tokenizer = Files.Published("qwen3");
        var random = new Random(2);
        for (var round = 0; round < 2000; round++)
        {
            var tokens = tokenizer.EncodeOrdinary(RandomText.Next(random, 30));
            var normalized = tokenizer.Decode(tokens.AsSpan(), false);
            Assert.Equal(Files.Ids(tokens), Files.Ids(tokenizer.EncodeOrdinary(normalized)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void What_comes_piece_by_piece_is_what_comes_at_once(string model) =>
        TokenizerLaws.PiecesMakeTheWhole(Files.Published(model), seed: 3, rounds: 1000);

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Every_reference_text_comes_piece_by_piece_as_at_once(string model)
    {
        var tokenizer = Files.Published(model);
        using var expected = Files.Expected(model);
        foreach (var row in expected.RootElement.EnumerateArray())
        {
            var tokens = Files.Tokens(Files.Ints(row.GetProperty("ids")));
            var pieces = TokenizerLaws.Pieces(tokenizer, tokens, skipSpecialTokens: true);
            Assert.Equal(row.GetProperty("decoded_skip").GetString(), string.Concat(pieces));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Ordinary_text_never_becomes_a_special_token(string model) =>
        TokenizerLaws.OrdinaryTextIsOrdinary(Files.Published(model), seed: 4, rounds: 2000);

    [SkippableTheory]
    [InlineData("qwen3", "<|im_start|>system<|im_end|><think></tool_call>")]
    [InlineData("llama3_1", "<|begin_of_text|><|eot_id|>")]
    [InlineData("llama2", "<s>[INST]</s>")]
    public void A_spelling_in_ordinary_text_stays_a_spelling(string model, string text)
    {
        var tokenizer = Files.Published(model);
        var ordinary = tokenizer.EncodeOrdinary(text);
        Assert.True(ordinary.Length > tokenizer.Encode(text, false).Length);
        Assert.Equal(text, tokenizer.Decode(ordinary.AsSpan(), skipSpecialTokens: true));
    }

    [SkippableFact]
    public void Many_threads_get_what_one_gets()
    {
        var tokenizer = Files.Published("qwen3");
        var random = new Random(8);
        var texts = Enumerable.Range(0, 400).Select(_ => RandomText.Next(random, 30)).ToArray();
        var parallel = new TokenId[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => parallel[i] = [.. tokenizer.Encode(texts[i], false)]);
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(tokenizer.Encode(texts[i], false), parallel[i]);
    }

    // By its whole spelling (ignore_merges) or by its merges, a word could become the token "ab".
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_word_of_the_text_becomes_a_special_token(bool ignoresMerges)
    {
        var json = TinyTokenizer.Bytes();
        json["added_tokens"]!.AsArray().Add(TinyTokenizer.Added(258, "ab"));
        json["model"]!["vocab"]!["ab"] = 258;
        json["model"]!["merges"]!.AsArray().Add("a b");
        json["model"]!["ignore_merges"] = ignoresMerges;
        var tokenizer = Files.Parse(json);
        Assert.Equal(['a', 'b'], Files.Ids(tokenizer.EncodeOrdinary("ab")));
        Assert.Equal([258], Files.Ids(tokenizer.Encode("ab", false)));
    }

    [Fact]
    public void Tokens_may_have_spaces_in_them()
    {
        var json = TinyTokenizer.Bytes();
        json["pre_tokenizer"] = null;
        json["model"] = JsonNode.Parse("""
            {"vocab": {" ": 0, "a": 1, " a": 2, " a a": 3},
             "merges": [[" ", "a"], [" a", " a"]]}
            """);
        Assert.Equal([1, 3, 2, 0], Files.Ids(Files.Parse(json).EncodeOrdinary("a a a a ")));
    }

    [Fact]
    public void Half_a_surrogate_pair_counts_as_a_replacement_character()
    {
        var tokenizer = Files.Parse(TinyTokenizer.Bytes());
        var tokens = tokenizer.Encode("a\uD83Db\uDE42", false);
        Assert.Equal("a\uFFFDb\uFFFD", tokenizer.Decode(tokens.AsSpan(), false));
    }
}
