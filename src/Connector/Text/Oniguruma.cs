using System.Buffers;
using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// Translates a pattern of Oniguruma (what Hugging Face tokenizers match with) to one of .NET that
/// matches the same, and refuses what it cannot translate: a pattern that .NET reads differently
/// would cut text wrongly and say nothing.
/// </summary>
internal sealed class Oniguruma
{
    private const string Escapes = "dDsSwWrntfvbB";
    private const string GroupKinds = ":=!>";

    // General categories, which .NET knows by the same names; scripts (\p{Han}) it does not know.
    private static readonly HashSet<string> Categories =
    [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
        "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp",
        "C", "Cc", "Cf", "Cs", "Co", "Cn",
    ];

    private static readonly SearchValues<char> Interval = SearchValues.Create("0123456789,");

    private readonly string _pattern;
    private readonly StringBuilder _output = new();
    private readonly Stack<(int AtomStart, bool IgnoreCase)> _groups = new();
    private int _at;
    private int _atomStart; // where in the output the last atom begins: what a quantifier repeats
    private bool _ignoreCase;

    private Oniguruma(string pattern) => _pattern = pattern;

    /// <exception cref="NotSupportedException">
    /// Names the construct that has no translation.
    /// </exception>
    public static string ToDotNet(string pattern) => new Oniguruma(pattern).Translate();

    private string Translate()
    {
        while (_at < _pattern.Length)
        {
            var c = _pattern[_at];
            if (char.IsSurrogate(c)) throw Unsupported("a character beyond U+FFFF");
            switch (c)
            {
                case '\\': StartAtom(); Escape(); break;
                case '[': StartAtom(); Class(); break;
                case '(': OpenGroup(); break;
                case ')': CloseGroup(); break;
                case '?' or '*' or '+' or '{': Quantifier(); break;
                default: StartAtom(); Literal(c); break;
            }
        }
        return _output.ToString();
    }

    private void StartAtom() => _atomStart = _output.Length;

    // Oniguruma folds case by Unicode: U+017F is an s and U+212A a k. .NET knows only the k.
    private void Literal(char c)
    {
        _output.Append(_ignoreCase && c is ('s' or 'S') ? "[s\u017F]" : $"{c}");
        _at++;
    }

    private void Escape()
    {
        if (_at + 1 >= _pattern.Length) throw Unsupported("a trailing \\");
        var c = _pattern[_at + 1];
        if (c is 'p' or 'P') Property();
        else if (Escapes.Contains(c) || !char.IsAsciiLetterOrDigit(c)) Copy(2);
        else if (c == 'u' && _at + 6 <= _pattern.Length) Copy(6);
        else throw Unsupported($"\\{c}");
    }

    private void Property()
    {
        var end = _pattern.IndexOf('}', _at);
        var name = end > _at + 3 && _pattern[_at + 2] == '{' ? _pattern[(_at + 3)..end] : "";
        if (!Categories.Contains(name)) throw Unsupported($"property '{name}'");
        Copy(end + 1 - _at);
    }

    private void Class()
    {
        Copy(_pattern.AsSpan(_at).StartsWith("[^") ? 2 : 1);
        for (var first = true; _at < _pattern.Length; first = false)
        {
            var c = _pattern[_at];
            if (c == ']' && !first)
            {
                Copy(1);
                return;
            }
            if (char.IsSurrogate(c)) throw Unsupported("a character beyond U+FFFF");
            if (c == '[') throw Unsupported("a set within a set");
            if (c == '&' && _pattern.AsSpan(_at).StartsWith("&&"))
                throw Unsupported("an intersection of sets (&&)");
            if (c == '\\') Escape();
            else Copy(1);
        }
        throw Unsupported("a set without its ]");
    }

    private void OpenGroup()
    {
        _groups.Push((_output.Length, _ignoreCase));
        var rest = _pattern.AsSpan(_at);
        if (!rest.StartsWith("(?")) Copy(1);
        else if (rest.Length > 2 && GroupKinds.Contains(rest[2])) Copy(3);
        else if (rest.StartsWith("(?<=") || rest.StartsWith("(?<!")) Copy(4);
        else if (rest.StartsWith("(?i:"))
        {
            _ignoreCase = true;
            Copy(4);
        }
        else throw Unsupported($"group '{rest[..Math.Min(4, rest.Length)]}'");
    }

    private void CloseGroup()
    {
        if (!_groups.TryPop(out var group)) throw Unsupported("a ) without its (");
        Copy(1);
        (_atomStart, _ignoreCase) = group;
    }

    private void Quantifier()
    {
        var length = 1;
        if (_pattern[_at] == '{')
        {
            length = _pattern.IndexOf('}', _at) + 1 - _at;
            var body = length > 2 ? _pattern.AsSpan(_at + 1, length - 2) : "-";
            if (body.ContainsAnyExcept(Interval)) throw Unsupported("a { that is no interval");
        }
        var after = _at + length < _pattern.Length ? _pattern[_at + length] : ' ';
        // "a{2}?" and "a{2}+" are quantified twice in Oniguruma, lazy or an error in .NET.
        if (length > 1 && after is ('?' or '+')) throw Unsupported($"}}{after}");
        if (after != '+')
        {
            Copy(after == '?' ? length + 1 : length);
            return;
        }
        // Possessive: .NET has atomic groups only.
        _output.Insert(_atomStart, "(?>");
        Copy(length);
        _output.Append(')');
        _at++;
    }

    private void Copy(int length)
    {
        _output.Append(_pattern, _at, length);
        _at += length;
    }

    private static NotSupportedException Unsupported(string what) =>
        new($"the pattern uses {what}, which is not supported");
}
