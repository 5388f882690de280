using System.Text.RegularExpressions;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Cuts a template into text and tags, with the whitespace rules of transformers' environment:
/// trim_blocks (a newline after a tag goes), lstrip_blocks (indentation before a tag goes), and
/// <c>-</c>/<c>+</c> signs that override both.
/// </summary>
internal sealed partial class Lexer(string source)
{
    private readonly SourceReader _reader = new(source);

    // Whether the last tag took the newline behind it: then what follows begins a line.
    private bool _atLineStart = true;

    /// <summary>
    /// The tokens of a source, read lazily, the last being <see cref="TokenKind.End"/>.
    /// </summary>
    public static IEnumerable<Token> Tokenize(string source) => new Lexer(source).Tokens();

    private IEnumerable<Token> Tokens()
    {
        // The end is where the last token is: of a tag left open, that is the better place to name.
        var last = new Position(1, 1);
        while (!_reader.AtEnd)
        {
            var start = _reader.At;
            var data = ReadData();
            if (data.Length > 0)
                yield return new Token(TokenKind.Data, data, last = start);
            if (_reader.AtEnd)
                break;
            foreach (var token in ReadTag())
            {
                last = token.At;
                yield return token;
            }
        }

        yield return new Token(TokenKind.End, "", last);
    }

    private IEnumerable<Token> ReadTag()
    {
        var at = _reader.At;
        var raw = RawBegin().Match(_reader.Text, _reader.Offset);
        if (raw.Success)
            return [new Token(TokenKind.Data, ReadRaw(raw), at)];
        var opening = TagOpening().Match(_reader.Text, _reader.Offset);
        _reader.Offset += opening.Length;
        if (opening.ValueSpan.StartsWith("{#"))
        {
            SkipComment(at);
            return [];
        }

        return ReadExpression(opening.ValueSpan.StartsWith("{{"), at);
    }

    private IEnumerable<Token> ReadExpression(bool print, Position at)
    {
        yield return new Token(print ? TokenKind.PrintBegin : TokenKind.TagBegin, "", at);
        foreach (var token in new TagLexer(_reader, print).Tokens())
            yield return token;
        _atLineStart = _reader.Text[_reader.Offset - 1] == '\n';
    }

    /// <summary>
    /// Reads the text up to the next tag, or to the end, less the whitespace the tag strips.
    /// </summary>
    private string ReadData()
    {
        var from = _reader.Offset;
        var opening = TagOpening().Match(_reader.Text, from);
        _reader.Offset = opening.Success ? opening.Index : _reader.Text.Length;
        var data = _reader.Text[from.._reader.Offset];
        return opening.Success
            ? StripBefore(data, opening.Groups["sign"].Value, opening.ValueSpan.StartsWith("{{"))
            : data;
    }

    /// <summary>
    /// Removes from <paramref name="data"/> what a tag with this sign takes of its left.
    /// </summary>
    private string StripBefore(string data, string sign, bool print)
    {
        if (sign == "-")
            return PythonText.StripEnd(data, null);
        var lastLine = data.LastIndexOf('\n') + 1;
        var indented = lastLine < data.Length
            && (lastLine > 0 || _atLineStart)
            && PythonText.IsBlank(data.AsSpan(lastLine));
        return sign != "+" && !print && indented ? data[..lastLine] : data;
    }

    private void SkipComment(Position at)
    {
        var end = CommentEnd().Match(_reader.Text, _reader.Offset);
        if (!end.Success)
            throw new ChatTemplateException("comment without end", at);
        MoveBehind(end);
    }

    private string ReadRaw(Match begin)
    {
        var at = _reader.At;
        MoveBehind(begin);
        var end = RawEnd().Match(_reader.Text, _reader.Offset);
        if (!end.Success)
            throw new ChatTemplateException("raw block without end", at);
        var data = _reader.Text[_reader.Offset..end.Index];
        var stripped = StripBefore(data, end.Groups["sign"].Value, print: false);
        MoveBehind(end);
        return stripped;
    }

    private void MoveBehind(Match match)
    {
        _reader.Offset = match.Index + match.Length;
        _atLineStart = match.ValueSpan.EndsWith("\n");
    }

    [GeneratedRegex(@"\{[%{#](?<sign>[-+]?)")]
    private static partial Regex TagOpening();

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(-%\}\s*|%\})")]
    private static partial Regex RawBegin();

    [GeneratedRegex(@"\{%(?<sign>[-+]?)\s*endraw\s*(\+%\}|-%\}\s*|%\}\n?)")]
    private static partial Regex RawEnd();

    [GeneratedRegex(@"\+#\}|-#\}\s*|#\}\n?")]
    private static partial Regex CommentEnd();
}
