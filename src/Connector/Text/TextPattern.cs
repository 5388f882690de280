using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SkPaged.Connector.Text;

/// <summary>
/// What a Split or Replace looks for: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.
/// </summary>
internal sealed class TextPattern
{
    // Oniguruma's ^ and $ are those of a line.
    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Compiled;

    private readonly string? _literal;
    private readonly Regex _regex;

    private TextPattern(string? literal, Regex regex) => (_literal, _regex) = (literal, regex);

    /// <exception cref="NotSupportedException">A construct that .NET cannot match.</exception>
    /// <exception cref="ArgumentException">Not a pattern.</exception>
    public static TextPattern Of(string oniguruma) =>
        new(null, new Regex(Oniguruma.ToDotNet(oniguruma), Options));

    public static TextPattern Literal(string literal) =>
        new(literal, new Regex(Regex.Escape(literal), Options));

    public static TextPattern Read(JsonElement json, string component, TokenizerFile file)
    {
        var pattern = file.Required(json, "pattern", component);
        if (file.StringOrNull(pattern, "String", component) is { } literal) return Literal(literal);
        var regex = file.String(pattern, "Regex", component);
        try
        {
            return Of(regex);
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            throw new TokenizerFormatException(file.Name, component, e.Message, e);
        }
    }

    /// <summary>All matches in order, as ranges of <paramref name="text"/>.</summary>
    public Matches In(ReadOnlySpan<char> text) => new(_regex, text);

    /// <summary>The text with every match replaced, literally.</summary>
    public string Replace(string text, string content)
    {
        if (_literal is { Length: > 0 })
            return text.Replace(_literal, content, StringComparison.Ordinal);
        var (result, end) = (new StringBuilder(text.Length), 0);
        foreach (var (start, length) in In(text))
        {
            result.Append(text, end, start - end).Append(content);
            end = start + length;
        }
        return result.Append(text, end, text.Length - end).ToString();
    }

    /// <summary>
    /// An enumerator that allocates nothing unless the text has astral characters.
    /// </summary>
    public ref struct Matches
    {
        private readonly AstralShadow _shadow;
        private Regex.ValueMatchEnumerator _inner;

        internal Matches(Regex regex, ReadOnlySpan<char> text)
        {
            _shadow = AstralShadow.Of(text);
            _inner = regex.EnumerateMatches(_shadow.Text);
        }

        public readonly Matches GetEnumerator() => this;

        public bool MoveNext() => _inner.MoveNext();

        public readonly (int Start, int Length) Current
        {
            get
            {
                var (from, length) = (_inner.Current.Index, _inner.Current.Length);
                var start = _shadow.OffsetInText(from);
                return (start, _shadow.OffsetInText(from + length) - start);
            }
        }
    }
}
