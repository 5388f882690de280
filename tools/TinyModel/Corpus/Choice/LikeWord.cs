using System.Text;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Made-up words that look like real ones: with the ends that words have, put together of two
/// words, or one letter away from a word. To copy such a word the model must not take the word
/// that it resembles. Only training has them.
/// </summary>
public static class LikeWord
{
    private const int LongestPart = 12;

    private static readonly string[] Ends = (
        "ation ness ment ship hood able ing ed er ist ology ity ance ence ful less ish ward ster "
        + "ling let dom ture age al ous ive ic ery ry ette elle ine ium ust ock ow ell ard ent ant")
        .Split(' ');

    private static readonly string[] Starts = (
        "un re inter over under out fore mis dis sub super trans counter semi pre non after up")
        .Split(' ');

    private static readonly string[] Sources =
        "things goods animals materials foods adjectives spots jobs".Split(' ');

    /// <summary>A word in small letters, without spaces or marks.</summary>
    public static string Make(Chooser c) => c.Dice.Weighted(30, 25, 25, 20) switch
    {
        0 => Ended(c.Dice),
        1 => Listed(c) + Listed(c),
        2 => Neighbour(c.Dice, Listed(c)),
        _ => Pieced(c),
    };

    // "unbrandelation"
    private static string Ended(Dice dice)
    {
        var stem = PseudoWord.Syllables(dice, dice.Between(1, 3));
        var word = stem + dice.Pick(Ends) + (dice.Chance(0.15) ? dice.Pick(Ends) : "");
        return dice.Chance(0.25) ? dice.Pick(Starts) + word : word;
    }

    private static string Listed(Chooser c)
    {
        while (true)
        {
            var words = c.Listed(c.Dice.Pick(Sources)).Split(' ');
            var word = c.Dice.Pick(words);
            if (word.Length is > 2 and <= LongestPart && word.All(char.IsAsciiLetterLower))
                return word;
        }
    }

    // A letter dropped, doubled, changed, added, or two that change places: "harts".
    private static string Neighbour(Dice dice, string word)
    {
        var at = dice.Below(word.Length - 1);
        return dice.Below(5) switch
        {
            0 when word.Length > 3 => word.Remove(at, 1),
            1 => word.Insert(at, word[at].ToString()),
            2 => word[..at] + Letter(dice) + word[(at + 1)..],
            3 => word[..at] + word[at + 1] + word[at] + word[(at + 2)..],
            _ => word.Insert(at, Letter(dice).ToString()),
        };
    }

    private static char Letter(Dice dice) => (char)('a' + dice.Below(26));

    // Any tokens one after another: what is copied well then is copied whatever it is.
    private static string Pieced(Chooser c)
    {
        if (c.Pieces.Count == 0) return Ended(c.Dice);
        var word = new StringBuilder();
        var count = c.Dice.Between(2, 6);
        for (var i = 0; i < count; i++) word.Append(c.Dice.Pick(c.Pieces).ToLowerInvariant());
        return word.ToString();
    }
}
