using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>
/// Where a Metaspace puts a mark that stands for a space that is not in the text.
/// </summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>SentencePiece's words: spaces become marks, and a word begins at each mark.</summary>
internal sealed record MetaspacePreTokenizer(char Mark, PrependScheme Prepend, bool SplitsAtMark)
    : PreTokenizer
{
    private readonly TextPattern _mark = TextPattern.Literal(Mark.ToString());

    public static MetaspacePreTokenizer Read(
        JsonElement json, string component, TokenizerFile file) =>
        new(ReadMark(json, component, file), ReadScheme(json, component, file),
            file.Bool(json, "split", component, true));

    public static char ReadMark(JsonElement json, string component, TokenizerFile file) =>
        file.String(json, "replacement", component) is [var mark]
            ? mark
            : throw file.Broken(component, "'replacement' must be one character");

    // Files of before 2024 say add_prefix_space, later ones prepend_scheme.
    public static PrependScheme ReadScheme(
        JsonElement json, string component, TokenizerFile file) =>
        file.StringOrNull(json, "prepend_scheme", component) switch
        {
            _ when !file.Bool(json, "add_prefix_space", component, true) => PrependScheme.Never,
            "always" or null => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw file.Unsupported($"{component} prepend_scheme '{other}'"),
        };

    public override void Split(Piece piece, List<Piece> into)
    {
        var text = piece.Span.ToString().Replace(' ', Mark);
        var prepends = Prepend == PrependScheme.Always
            || Prepend == PrependScheme.First && piece.StartsText;
        if (prepends && text[0] != Mark) text = Mark + text;
        var marked = Piece.Whole(text, piece.StartsText);
        if (SplitsAtMark) SplitBehavior.MergedWithNext.Split(marked, _mark, false, into);
        else into.Add(marked);
    }
}
