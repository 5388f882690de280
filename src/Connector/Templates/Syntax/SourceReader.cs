namespace SkPaged.Connector.Templates;

/// <summary>A cursor over a template's source that knows its line and column.</summary>
internal sealed class SourceReader
{
    private int _line = 1;
    private int _lineStart;
    private int _counted;

    /// <param name="source">
    /// Any newlines; they become <c>\n</c>, and one trailing newline is dropped.
    /// </param>
    public SourceReader(string source)
    {
        var text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = text.EndsWith('\n') ? text[..^1] : text;
    }

    public string Text { get; }

    public int Offset { get; set; }

    public bool AtEnd => Offset >= Text.Length;

    public char Current => Text[Offset];

    public ReadOnlySpan<char> Rest => Text.AsSpan(Offset);

    /// <summary>
    /// The place of the cursor. Reads forward only: never earlier than the last place asked for.
    /// </summary>
    public Position At
    {
        get
        {
            for (; _counted < Offset; _counted++)
            {
                if (Text[_counted] == '\n')
                    (_line, _lineStart) = (_line + 1, _counted + 1);
            }

            return new Position(_line, Offset - _lineStart + 1);
        }
    }

    public bool StartsWith(string prefix) => Rest.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Moves past <paramref name="expected"/> if it is next.</summary>
    public bool Skip(string expected)
    {
        var found = StartsWith(expected);
        if (found)
            Offset += expected.Length;
        return found;
    }

    public void SkipWhitespace()
    {
        while (!AtEnd && PythonText.IsSpace(Current))
            Offset++;
    }
}
