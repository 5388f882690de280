namespace SkPaged.Connector.Text;

/// <summary>
/// BPE by a priority queue and a linked list: n log n in the length of the word. For long words
/// only, which <see cref="Bpe"/> does not leave to Microsoft.ML.Tokenizers; it says why.
/// </summary>
internal sealed class PairMerges
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> _merges;

    /// <param name="merges">
    /// Ids of left, right and what they make; the first has the lowest rank.
    /// </param>
    public PairMerges(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        _merges = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
            _merges[(merges[rank].Left, merges[rank].Right)] = (rank, merges[rank].Merged);
    }

    /// <summary>Merges in place, lowest rank first and leftmost first among equals.</summary>
    public void Merge(List<int> symbols)
    {
        var (next, previous) = (new int[symbols.Count], new int[symbols.Count]);
        var queue = new PriorityQueue<(int At, int Merged), long>(symbols.Count);
        for (var i = 0; i < symbols.Count; i++)
        {
            (next[i], previous[i]) = (i + 1 < symbols.Count ? i + 1 : -1, i - 1);
            if (next[i] > 0) Offer(symbols[i], symbols[next[i]], i, queue);
        }
        while (queue.TryDequeue(out var best, out _))
        {
            var (at, right) = (best.At, next[best.At]);
            // An entry is out of date if its left was merged away or either side has changed.
            if (symbols[at] < 0 || right < 0
                || !_merges.TryGetValue((symbols[at], symbols[right]), out var merge)
                || merge.Merged != best.Merged)
                continue;
            symbols[at] = merge.Merged;
            symbols[right] = -1;
            next[at] = next[right];
            if (next[at] >= 0)
            {
                previous[next[at]] = at;
                Offer(symbols[at], symbols[next[at]], at, queue);
            }
            if (previous[at] >= 0) Offer(symbols[previous[at]], symbols[at], previous[at], queue);
        }
        symbols.RemoveAll(symbol => symbol < 0);
    }

    private void Offer(int left, int right, int at, PriorityQueue<(int, int), long> queue)
    {
        if (_merges.TryGetValue((left, right), out var merge))
            queue.Enqueue((at, merge.Merged), ((long)merge.Rank << 32) | (uint)at);
    }
}
