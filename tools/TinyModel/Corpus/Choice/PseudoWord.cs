using System.Text;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Words that do not exist. They are what teaches the model to copy: no memory of a vocabulary
/// helps.
/// </summary>
public static class PseudoWord
{
    private static readonly string[] Onsets = [.. (
        "b br c ch d dr f fl fr g gl gr h j k kl kr l m n p ph pl pr qu r s sh sk sl sm st str "
        + "t th tr v w y z zh").Split(' '), "", "", ""];

    private static readonly string[] Vowels =
        "a a a e e e i i o o u u ai au ea ee ei ia ie io oo ou y".Split(' ');

    private static readonly string[] Codas = [.. (
        "n n r r l l s s t th m x ck nd rt st ld rk ng sh p k d g b").Split(' '),
        "", "", "", "", "", "", "", ""];

    private static readonly string[] Accented =
        "é è ê ö ü ä å ø ł ñ ç š ž í ó á ú ë ï".Split(' ');

    /// <summary>A word with a capital letter.</summary>
    public static string Name(Chooser chooser) => Letters.Capital(Lower(chooser));

    /// <summary>A word in small letters.</summary>
    public static string Lower(Chooser chooser) => chooser.OfSplit(() => Make(chooser));

    private static string Make(Chooser chooser)
    {
        var dice = chooser.Dice;
        // Long words, and words that are nearly another, are what copying slips in.
        if (chooser.InTraining(0.05)) return Syllables(dice, dice.Between(4, 7));
        if (chooser.InTraining(0.15)) return LikeWord.Make(chooser);
        return dice.Weighted(62, 14, chooser.Pieces.Count > 0 ? 18 : 0, 6) switch
        {
            0 => Syllables(dice, dice.Weighted(1, 5, 4, 1) + 1),
            1 => AnyLetters(dice, dice.Between(3, 9)),
            2 => FromPieces(dice, chooser.Pieces),
            _ => WithAccent(dice, Syllables(dice, dice.Between(1, 3))),
        };
    }

    /// <summary>So many syllables.</summary>
    internal static string Syllables(Dice dice, int count)
    {
        var word = new StringBuilder();
        for (var i = 0; i < count; i++)
            word.Append(dice.Pick(Onsets)).Append(dice.Pick(Vowels)).Append(dice.Pick(Codas));
        return word.Length < 3 ? Syllables(dice, 2) : word.ToString();
    }

    private static string AnyLetters(Dice dice, int count)
    {
        Span<char> letters = stackalloc char[count];
        for (var i = 0; i < count; i++)
            letters[i] = dice.Chance(0.3) ? "aeiou"[dice.Below(5)] : (char)('a' + dice.Below(26));
        return new string(letters);
    }

    private static string FromPieces(Dice dice, IReadOnlyList<string> pieces)
    {
        var word = new StringBuilder();
        do word.Append(dice.Pick(pieces).ToLowerInvariant());
        while (word.Length < 4 || (word.Length < 9 && dice.Chance(0.4)));
        return word.ToString();
    }

    private static string WithAccent(Dice dice, string word)
    {
        var at = dice.Below(word.Length);
        return word[..at] + dice.Pick(Accented) + word[(at + 1)..];
    }
}
