namespace SkPaged.Connector.Text;

/// <summary>
/// A run of text on its way to the model: <c>Source[Start, Start + Length)</c>, without a copy.
/// </summary>
/// <param name="Source">The text that it is part of.</param>
/// <param name="Start">UTF-16 units from the start of <paramref name="Source"/>.</param>
/// <param name="Length">UTF-16 units.</param>
/// <param name="StartsText">True if the caller's text begins with this piece.</param>
internal readonly record struct Piece(string Source, int Start, int Length, bool StartsText)
{
    public ReadOnlySpan<char> Span => Source.AsSpan(Start, Length);

    public static Piece Whole(string text, bool startsText) =>
        new(text, 0, text.Length, startsText);

    /// <summary>The part [from, to), both relative to this piece.</summary>
    public Piece Part(int from, int to) =>
        new(Source, Start + from, to - from, StartsText && from == 0);
}
