using System.Collections.Immutable;

namespace SkPaged.Connector.Text;

/// <summary>
/// The strings at which a sequence stops. Of the matches in the text the one that is complete
/// first wins, as generation ends with it and text after it is never produced; of several that are
/// complete at the same character, the longest. Compared ordinally, by UTF-16 unit.
/// Immutable; <see cref="CreateMatcher"/> makes the state for one sequence.
/// </summary>
public sealed class StopStrings
{
    /// <summary>No stop strings: all text passes at once.</summary>
    public static StopStrings None { get; } = new([]);

    // Aho-Corasick over UTF-16 units. Node 0 is the root. Depth is the length of the longest prefix
    // of any stop string that the text ends with; Longest the stop string that is complete there.
    internal sealed record Node(int Depth)
    {
        public Dictionary<char, int> Next { get; } = [];
        public int Fallback { get; set; }
        public string? Longest { get; set; }
    }

    private readonly List<Node> _nodes = [new Node(0)];

    /// <summary>Makes the set.</summary>
    /// <param name="stops">Any number, none of them empty.</param>
    /// <param name="includesStop">
    /// Whether the text that is emitted ends with the stop string.
    /// </param>
    /// <exception cref="ArgumentException">A stop string is null or empty.</exception>
    public StopStrings(IEnumerable<string> stops, bool includesStop = false)
    {
        ArgumentNullException.ThrowIfNull(stops);
        Strings = [.. stops];
        IncludesStop = includesStop;
        foreach (var stop in Strings) Add(stop);
        LinkFallbacks();
    }

    /// <summary>The stop strings as given.</summary>
    public ImmutableArray<string> Strings { get; }

    /// <summary>Whether the text that is emitted ends with the stop string.</summary>
    public bool IncludesStop { get; }

    /// <summary>A matcher for one sequence.</summary>
    public StopMatcher CreateMatcher() => new(this);

    internal Node this[int node] => _nodes[node];

    internal int Step(int node, char unit)
    {
        for (; ; node = _nodes[node].Fallback)
        {
            if (_nodes[node].Next.TryGetValue(unit, out var next)) return next;
            if (node == 0) return 0;
        }
    }

    private void Add(string stop)
    {
        if (string.IsNullOrEmpty(stop))
            throw new ArgumentException("a stop string must not be null or empty", nameof(stop));
        var node = 0;
        foreach (var unit in stop)
        {
            if (!_nodes[node].Next.TryGetValue(unit, out var next))
            {
                next = _nodes.Count;
                _nodes[node].Next[unit] = next;
                _nodes.Add(new Node(_nodes[node].Depth + 1));
            }
            node = next;
        }
        _nodes[node].Longest = stop;
    }

    // Breadth first, so that a node's fallback, which is nearer the root, is complete before it.
    private void LinkFallbacks()
    {
        var queue = new Queue<int>([0]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var (unit, child) in _nodes[node].Next)
            {
                var fallback = node == 0 ? 0 : Step(_nodes[node].Fallback, unit);
                _nodes[child].Fallback = fallback;
                _nodes[child].Longest ??= _nodes[fallback].Longest;
                queue.Enqueue(child);
            }
        }
    }
}
