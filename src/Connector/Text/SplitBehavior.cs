using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>What becomes of the matches when a piece is cut at them.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

internal static class SplitBehaviors
{
    private readonly record struct Cut(int Start, int End, bool IsMatch);

    public static SplitBehavior Read(JsonElement json, string component, TokenizerFile file)
    {
        var name = file.String(json, "behavior", component);
        return Enum.TryParse<SplitBehavior>(name, out var behavior)
            && char.IsAsciiLetter(name[0])
            ? behavior
            : throw file.Unsupported($"{component} behavior '{name}'");
    }

    /// <summary>
    /// Cuts the piece at the pattern; <paramref name="invert"/>: at what it leaves.
    /// </summary>
    public static void Split(
        this SplitBehavior behavior,
        Piece piece, TextPattern pattern, bool invert, List<Piece> into)
    {
        if (behavior == SplitBehavior.Isolated)
        {
            Isolate(piece, pattern, into);
            return;
        }
        var cuts = behavior switch
        {
            SplitBehavior.Removed => Cuts(piece, pattern, invert).FindAll(cut => !cut.IsMatch),
            SplitBehavior.Contiguous => Merge(
                Cuts(piece, pattern, invert), (cut, before) => cut.IsMatch == before),
            SplitBehavior.MergedWithPrevious => Merge(
                Cuts(piece, pattern, invert), (cut, before) => cut.IsMatch && !before),
            _ => MergeWithNext(Cuts(piece, pattern, invert)),
        };
        foreach (var cut in cuts)
        {
            if (cut.End > cut.Start) into.Add(piece.Part(cut.Start, cut.End));
        }
    }

    // Matches and gaps alike become pieces, so it does not matter which is which. The usual case,
    // hence without a list between.
    private static void Isolate(Piece piece, TextPattern pattern, List<Piece> into)
    {
        var end = 0;
        foreach (var (start, length) in pattern.In(piece.Span))
        {
            if (start > end) into.Add(piece.Part(end, start));
            if (length > 0) into.Add(piece.Part(start, start + length));
            end = start + length;
        }
        if (piece.Length > end) into.Add(piece.Part(end, piece.Length));
    }

    // Cuts cover the piece: matches, and the gaps between them.
    private static List<Cut> Cuts(Piece piece, TextPattern pattern, bool invert)
    {
        var (cuts, end) = (new List<Cut>(), 0);
        foreach (var (start, length) in pattern.In(piece.Span))
        {
            if (start > end) cuts.Add(new(end, start, invert));
            cuts.Add(new(start, start + length, !invert));
            end = start + length;
        }
        if (piece.Length > end) cuts.Add(new(end, piece.Length, invert));
        return cuts;
    }

    // joins(cut, was the cut before it a match?): whether the cut goes to the one before it.
    private static List<Cut> Merge(List<Cut> cuts, Func<Cut, bool, bool> joins)
    {
        var (merged, before) = (new List<Cut>(), false);
        foreach (var cut in cuts)
        {
            if (joins(cut, before) && merged.Count > 0)
                merged[^1] = merged[^1] with { End = cut.End };
            else
                merged.Add(cut);
            before = cut.IsMatch;
        }
        return merged;
    }

    private static List<Cut> MergeWithNext(List<Cut> cuts)
    {
        var (merged, after) = (new List<Cut>(), false);
        for (var i = cuts.Count - 1; i >= 0; i--)
        {
            if (cuts[i].IsMatch && !after && merged.Count > 0)
                merged[^1] = merged[^1] with { Start = cuts[i].Start };
            else
                merged.Add(cuts[i]);
            after = cuts[i].IsMatch;
        }
        merged.Reverse();
        return merged;
    }
}
