using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// Text as a pattern sees it: each character beyond U+FFFF, two UTF-16 units that .NET's
/// <c>\p{L}</c> and friends do not recognise, is replaced by one BMP character of the same general
/// category. Offsets lead back: shadow index to index in the text.
/// </summary>
internal readonly ref struct AstralShadow
{
    // One obscure character for each category that has members beyond U+FFFF, none of which a
    // pattern names or a set's range includes in practice (Glagolitic, Lisu, Vai, ...).
    private static readonly Dictionary<UnicodeCategory, char> StandIns = new()
    {
        [UnicodeCategory.UppercaseLetter] = '\u2C00',
        [UnicodeCategory.LowercaseLetter] = '\u2C30',
        [UnicodeCategory.TitlecaseLetter] = '\u1F88',
        [UnicodeCategory.ModifierLetter] = '\uA4F8',
        [UnicodeCategory.OtherLetter] = '\uA500',
        [UnicodeCategory.NonSpacingMark] = '\uA6F0',
        [UnicodeCategory.SpacingCombiningMark] = '\uA880',
        [UnicodeCategory.EnclosingMark] = '\uA670',
        [UnicodeCategory.DecimalDigitNumber] = '\uA620',
        [UnicodeCategory.LetterNumber] = '\uA6E6',
        [UnicodeCategory.OtherNumber] = '\uA830',
        [UnicodeCategory.ConnectorPunctuation] = '\uFE33',
        [UnicodeCategory.DashPunctuation] = '\uFE58',
        [UnicodeCategory.OpenPunctuation] = '\uFE17',
        [UnicodeCategory.ClosePunctuation] = '\uFE18',
        [UnicodeCategory.InitialQuotePunctuation] = '\u2E02',
        [UnicodeCategory.FinalQuotePunctuation] = '\u2E03',
        [UnicodeCategory.OtherPunctuation] = '\uA6F3',
        [UnicodeCategory.MathSymbol] = '\uFE62',
        [UnicodeCategory.CurrencySymbol] = '\uFE69',
        [UnicodeCategory.ModifierSymbol] = '\uA700',
        [UnicodeCategory.OtherSymbol] = '\uA490',
        [UnicodeCategory.Format] = '\u206A',
        [UnicodeCategory.PrivateUse] = '\uE000',
        [UnicodeCategory.OtherNotAssigned] = '\uFFFF',
    };

    private readonly ReadOnlySpan<int> _offsets; // empty: the text is its own shadow

    private AstralShadow(ReadOnlySpan<char> text, ReadOnlySpan<int> offsets)
    {
        Text = text;
        _offsets = offsets;
    }

    public ReadOnlySpan<char> Text { get; }

    public int OffsetInText(int shadowIndex) =>
        _offsets.IsEmpty ? shadowIndex : _offsets[shadowIndex];

    public static AstralShadow Of(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('\uD800', '\uDFFF')) return new(text, []);
        var shadow = new char[text.Length];
        var offsets = new int[text.Length + 1];
        int length = 0, at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            offsets[length] = at;
            shadow[length++] =
                rune.IsBmp ? (char)rune.Value : StandIns[Rune.GetUnicodeCategory(rune)];
            at += rune.Utf16SequenceLength;
        }
        offsets[length] = text.Length;
        return new(shadow.AsSpan(0, length), offsets.AsSpan(0, length + 1));
    }
}
