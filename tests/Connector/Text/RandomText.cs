using System.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Text;

/// <summary>Seeded random input that reaches the corners.</summary>
internal static class RandomText
{
    private static readonly string[] Fragments =
    [
        " ", "  ", "\n", "\r\n", "\t", "'s", "'LL", "the", "hello", "world", "12", "2024", "...",
        "é", "e\u0301", "日本語", "한국어", "Привет", "नमस्ते", "👩‍🔬", "🏳️‍🌈", "𝐀", "𠀀", "\u200b",
        "<|im_end|>", "<|im_start|>", "<|eot_id|>", "<s>", "</s>", "<think>", "<|end|>", "<0x0A>",
        "<|begin_of_text|>", "▁", "Ġ", "\0", "\uFFFD", "aaaaaaaa",
    ];

    /// <summary>Well-formed text of up to <paramref name="partsMax"/> parts.</summary>
    public static string Next(Random random, int partsMax)
    {
        var text = new StringBuilder();
        for (var parts = random.Next(partsMax + 1); parts > 0; parts--)
        {
            text.Append(random.Next(3) switch
            {
                0 => Point(random, 0x110000).ToString(),
                1 => Point(random, 0x2000).ToString(),
                _ => Fragments[random.Next(Fragments.Length)],
            });
        }
        return text.ToString();
    }

    /// <summary>Any ids, some of them beyond the vocabulary.</summary>
    public static TokenId[] Tokens(Random random, int vocabularySize, int lengthMax) =>
        [.. Enumerable.Range(0, random.Next(lengthMax + 1)).Select(_ => new TokenId(
            random.Next(2) == 0 ? random.Next(300) : random.Next(vocabularySize + 20)))];

    private static Rune Point(Random random, int end)
    {
        while (true)
        {
            if (Rune.TryCreate(random.Next(end), out var rune)) return rune;
        }
    }
}
