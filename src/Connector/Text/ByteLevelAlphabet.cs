using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// GPT-2's way to write bytes as letters, so that a vocabulary of bytes can be kept in JSON: a
/// printable byte is the character of the same number, the others are U+0100 and up, in order.
/// </summary>
internal static class ByteLevelAlphabet
{
    private const int Letters = 0x144; // 0x100 printable or not, of which 0x44 begin at U+0100

    private static readonly char[] LetterOfByte = MakeLetters();
    private static readonly short[] ByteOfLetter = MakeBytes();

    /// <summary>Writes the UTF-8 bytes of the text as letters.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="letters">At least three times as long as the text.</param>
    /// <returns>The number of letters written.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<char> letters)
    {
        var length = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                letters[length++] = LetterOfByte[rune.Value];
                continue;
            }
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
                letters[length++] = LetterOfByte[value];
        }
        return length;
    }

    /// <summary>
    /// The bytes that the letters stand for; the letters' own UTF-8 if any of them is none of ours,
    /// as in most added tokens.
    /// </summary>
    /// <param name="letters">A token as the vocabulary spells it.</param>
    /// <param name="bytes">At least three times as long as the letters.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Read(ReadOnlySpan<char> letters, Span<byte> bytes)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            var value = letters[i] < Letters ? ByteOfLetter[letters[i]] : (short)-1;
            if (value < 0) return Encoding.UTF8.GetBytes(letters, bytes);
            bytes[i] = (byte)value;
        }
        return letters.Length;
    }

    private static bool IsPrintable(int value) =>
        value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;

    private static char[] MakeLetters()
    {
        var (letters, next) = (new char[0x100], 0x100);
        for (var value = 0; value < letters.Length; value++)
            letters[value] = (char)(IsPrintable(value) ? value : next++);
        return letters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Letters];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 0x100; value++) bytes[LetterOfByte[value]] = (short)value;
        return bytes;
    }
}
