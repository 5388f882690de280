using System.Text;
using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

public sealed class IncrementalDetokenizerTests
{
    private static readonly TextTokenizer Bytes = Files.Parse(TinyTokenizer.Bytes());

    [Fact]
    public void A_character_comes_with_its_last_byte()
    {
        var detokenizer = Bytes.CreateDetokenizer(skipSpecialTokens: false);
        var pieces = Encoding.UTF8.GetBytes("é🙂")
            .Select(value => detokenizer.Append(Token(value)));
        Assert.Equal(["", "é", "", "", "", "🙂"], pieces);
        Assert.Equal("", detokenizer.Finish());
    }

    [Fact]
    public void Bytes_that_never_make_a_character_come_as_replacement_characters()
    {
        var detokenizer = Bytes.CreateDetokenizer(skipSpecialTokens: false);
        Assert.Equal("", detokenizer.Append(Token(0xF0)));
        Assert.Equal("", detokenizer.Append(Token(0x9F)));
        Assert.Equal("\uFFFDa", detokenizer.Append(Token('a')));
        Assert.Equal("", detokenizer.Append(Token(0xF0)));
        Assert.Equal("\uFFFD", detokenizer.Finish());
    }

    [Fact]
    public void Special_tokens_are_shown_or_skipped_and_unknown_ids_add_nothing()
    {
        TokenId[] tokens = [Token('a'), Token(256), Token(9999), Token(-1), Token('b')];
        Assert.Equal("a<|end|>b", Bytes.Decode(tokens, skipSpecialTokens: false));
        Assert.Equal("ab", Bytes.Decode(tokens, skipSpecialTokens: true));
    }

    [Fact]
    public void A_run_of_byte_tokens_waits_for_its_end_as_its_end_decides_on_it()
    {
        var tokenizer = Files.Parse(ByteFallback());
        int[] smile = [.. "🙂"u8.ToArray().Select(value => (int)value)];
        Assert.Equal(
            ["", "", "", "", "🙂a", ""],
            TokenizerLaws.Pieces(tokenizer, Files.Tokens([.. smile, 256]), false));
        Assert.Equal(
            ["", "", "", "", "", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"],
            TokenizerLaws.Pieces(tokenizer, Files.Tokens([.. smile, 0xFF]), false));
    }

    [Fact]
    public void A_finished_text_takes_no_more()
    {
        var detokenizer = Bytes.CreateDetokenizer(skipSpecialTokens: false);
        detokenizer.Finish();
        Assert.Throws<InvalidOperationException>(() => detokenizer.Append(Token('a')));
        Assert.Throws<InvalidOperationException>(detokenizer.Finish);
    }

    [Fact]
    public void The_hundred_thousandth_token_costs_what_the_tenth_costs()
    {
        var detokenizer = Bytes.CreateDetokenizer(skipSpecialTokens: true);
        long Allocated(int tokens)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < tokens; i++) detokenizer.Append(Token('a' + i % 26));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated(1000);
        var early = Allocated(1000);
        Allocated(100_000);
        Assert.InRange(Allocated(1000), 0, early + 1000);
    }

    private static TokenId Token(int id) => new(id);

    private static JsonObject ByteFallback()
    {
        var json = TinyTokenizer.Bytes();
        var vocabulary = new JsonObject { ["a"] = 256 };
        for (var value = 0; value < 0x100; value++) vocabulary[$"<0x{value:X2}>"] = value;
        json["added_tokens"] = new JsonArray();
        json["pre_tokenizer"] = null;
        json["decoder"] = new JsonObject { ["type"] = "ByteFallback" };
        json["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["byte_fallback"] = true,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray(),
        };
        return json;
    }
}
