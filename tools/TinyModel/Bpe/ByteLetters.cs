using System.Collections.Frozen;
using System.Text;

namespace SkPaged.TinyModel.Bpe;

/// <summary>
/// The letters that stand for bytes in a byte-level vocabulary: printable ones for themselves, the others
/// moved above 255, so that a space is 'Ġ'.
/// </summary>
public static class ByteLetters
{
    private static readonly char[] Letters = Make();

    private static readonly FrozenDictionary<char, byte> Bytes =
        Letters.Select((letter, value) => (letter, value)).ToFrozenDictionary(p => p.letter, p => (byte)p.value);

    /// <summary>The letter of a byte.</summary>
    public static char Of(byte value) => Letters[value];

    /// <summary>The byte of a letter.</summary>
    /// <exception cref="KeyNotFoundException">The letter stands for no byte.</exception>
    public static byte ByteOf(char letter) => Bytes[letter];

    /// <summary>A text's UTF-8 bytes as letters.</summary>
    public static string Encode(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = text.Length < 128 ? stackalloc byte[512] : new byte[text.Length * 4];
        var count = Encoding.UTF8.GetBytes(text, bytes);
        var letters = new char[count];
        for (var i = 0; i < count; i++) letters[i] = Letters[bytes[i]];
        return new string(letters);
    }

    private static char[] Make()
    {
        var letters = new char[256];
        var moved = 256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[value] = (char)(printable ? value : moved++);
        }
        return letters;
    }
}
