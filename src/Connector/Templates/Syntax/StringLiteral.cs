using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>The escapes of a Python string literal.</summary>
internal static class StringLiteral
{
    /// <summary>
    /// Replaces the escapes of <paramref name="body"/>, a literal without its quotes. An unknown
    /// escape stays as written, backslash and all, as in Python.
    /// </summary>
    public static string Unescape(ReadOnlySpan<char> body, Position at)
    {
        if (!body.Contains('\\'))
            return body.ToString();
        var text = new StringBuilder(body.Length);
        while (body.Length > 0)
        {
            var plain = body.IndexOf('\\');
            if (plain < 0)
                plain = body.Length;
            text.Append(body[..plain]);
            body = body[plain..];
            if (body.Length > 0)
                body = body[AppendEscape(body[1..], text, at)..];
        }

        return text.ToString();
    }

    /// <summary>
    /// Appends what the escape stands for and gives its length, the backslash included.
    /// </summary>
    private static int AppendEscape(ReadOnlySpan<char> code, StringBuilder text, Position at)
    {
        if (code[0] is 'x' or 'u' or 'U')
            return AppendCodePoint(code, text, at);
        if (code[0] is >= '0' and <= '7')
            return AppendOctal(code, text);
        if (code[0] == 'N')
            throw new ChatTemplateException(@"named characters, \N{...}, are not supported", at);
        if (code[0] != '\n')
            text.Append(Simple(code[0]) is { } meant ? $"{meant}" : $@"\{code[0]}");
        return 2;
    }

    private static char? Simple(char code) => code switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'v' => '\v',
        '\\' or '\'' or '"' => code,
        _ => null,
    };

    private static int AppendOctal(ReadOnlySpan<char> code, StringBuilder text)
    {
        var (value, length) = (0, 0);
        while (length < Math.Min(3, code.Length) && code[length] is >= '0' and <= '7')
            value = value * 8 + (code[length++] - '0');
        text.Append((char)value);
        return 1 + length;
    }

    private static int AppendCodePoint(ReadOnlySpan<char> code, StringBuilder text, Position at)
    {
        var digits = code[0] switch { 'x' => 2, 'u' => 4, _ => 8 };
        if (code.Length <= digits
            || !uint.TryParse(
                code[1..(digits + 1)], NumberStyles.AllowHexSpecifier, null, out var point))
            throw new ChatTemplateException($@"escape \{code[0]} needs {digits} hex digits", at);
        if (point > 0x10FFFF)
            throw new ChatTemplateException($@"\U{point:x8} is no Unicode character", at);
        if (point > char.MaxValue)
            text.Append(new Rune(point).ToString());
        else
            text.Append((char)point);
        return 2 + digits;
    }
}
