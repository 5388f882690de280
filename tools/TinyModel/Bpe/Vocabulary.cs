namespace SkPaged.TinyModel.Bpe;

/// <summary>
/// The pieces that merges make and their ids: first the 256 bytes, then each new piece in the order of the
/// merges, then the special tokens. Two merges may make the same piece.
/// </summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, int> ids = [];
    private readonly List<string> pieces = [];

    /// <summary>The vocabulary of the merges.</summary>
    public Vocabulary(IReadOnlyList<Merge> merges)
    {
        Merges = merges;
        for (var value = 0; value < 256; value++) Add(ByteLetters.Of((byte)value).ToString());
        foreach (var merge in merges) Add(merge.Joined);
        FirstSpecial = pieces.Count;
        foreach (var token in SpecialTokens.All) Add(token);
    }

    /// <summary>The merges, the strongest first.</summary>
    public IReadOnlyList<Merge> Merges { get; }

    /// <summary>The pieces by id, in byte letters; special tokens as they are.</summary>
    public IReadOnlyList<string> Pieces => pieces;

    /// <summary>The id of the first special token; the others follow.</summary>
    public int FirstSpecial { get; }

    /// <summary>The id of a piece or special token.</summary>
    /// <exception cref="KeyNotFoundException">There is no such piece.</exception>
    public int Id(string piece) => ids[piece];

    private void Add(string piece)
    {
        if (ids.TryAdd(piece, pieces.Count)) pieces.Add(piece);
    }
}
