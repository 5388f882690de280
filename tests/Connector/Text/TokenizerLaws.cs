using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>What holds for a tokenizer whatever the text.</summary>
internal static class TokenizerLaws
{
    public static void PiecesMakeTheWhole(TextTokenizer tokenizer, int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            TokenId[] tokens = round % 2 == 0
                ? RandomText.Tokens(random, tokenizer.VocabularySize, 40)
                : [.. tokenizer.Encode(RandomText.Next(random, 20), true)];
            foreach (var skip in (bool[])[false, true])
            {
                var pieces = Pieces(tokenizer, tokens, skip);
                Assert.Equal(tokenizer.Decode(tokens, skip), string.Concat(pieces));
                Assert.All(pieces, piece => Assert.True(IsWellFormed(piece)));
            }
        }
    }

    public static void OrdinaryTextIsOrdinary(TextTokenizer tokenizer, int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var tokens = tokenizer.EncodeOrdinary(RandomText.Next(random, 20));
            Assert.DoesNotContain(tokens, tokenizer.IsSpecial);
        }
    }

    public static List<string> Pieces(
        TextTokenizer tokenizer, IReadOnlyList<TokenId> tokens, bool skipSpecialTokens)
    {
        var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens);
        return [.. tokens.Select(detokenizer.Append), detokenizer.Finish()];
    }

    // A piece that ended within a character would end in half a surrogate pair.
    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) return false;
            i++;
        }
        return true;
    }
}
