using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Eval;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>Replies are scored by their letters, in whatever tokens they are written.</summary>
public sealed class SpellingTests
{
    // The pieces a, b, c, ab, abc beside every byte: "abc" has four spellings.
    private readonly BpeTokenizer _tokenizer =
        new(new Vocabulary([new("a", "b"), new("ab", "c")]));

    [Theory]
    [InlineData("abc")]
    [InlineData("ab c")]
    [InlineData("a b c")]
    public void A_reply_is_right_in_any_tokens(string pieces) =>
        Assert.True(Spells("abc", Written(pieces)));

    [Fact]
    public void A_letter_may_be_cut_between_two_tokens() =>
        Assert.True(Spells("é", [0xC3, 0xA9, End]));

    [Theory]
    [InlineData("ab")]
    [InlineData("abc c")]
    [InlineData("abc ab")]
    [InlineData("b")]
    [InlineData("")]
    public void A_reply_of_other_letters_is_wrong(string pieces) =>
        Assert.False(Spells("abc", Written(pieces)));

    [Fact]
    public void Another_special_token_does_not_end_a_reply() =>
        Assert.False(Spells("a", ['a', _tokenizer.Special(SpecialTokens.EndOfText), End]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_does_not_matter_how_many_tokens_are_known_before(int known) =>
        Assert.True(Spells("abc", Written("ab c"), known));

    private int End => _tokenizer.Special(SpecialTokens.EndOfMessage);

    private int[] Written(string pieces) =>
        [.. pieces.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Id), End];

    private int Id(string piece)
    {
        var ids = new List<int>();
        _tokenizer.Encode(piece, ids);
        return Assert.Single(ids);
    }

    private bool Spells(string text, int[] reply, int known = 0) => new Spelling(_tokenizer).Spells(
        text, reply.Take(known), written => reply[written.Count]);
}
