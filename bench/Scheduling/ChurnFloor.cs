using System.Runtime.InteropServices;

namespace SkPaged.Bench;

/// <summary>
/// What <see cref="Churn"/> asks of memory, done to arrays in place and to a dictionary: blocks
/// taken, given back, cached and forgotten, and a token appended to each row. No plan, no rules, no
/// state before this one: the least that such a step takes on the machine at that moment.
/// </summary>
public sealed class ChurnFloor
{
    private const int None = -1;

    private readonly Place[] _places;
    private readonly Dictionary<ulong, int> _cached = [];
    private readonly Row?[] _rows;
    private readonly Queue<Row> _waiting = [];
    private readonly Random _random = new(1);
    private int _head;
    private int _tail;
    private int _submitted;

    /// <param name="sequences">Rows that run.</param>
    /// <param name="blocksTotal">Blocks of the pool, of 16 tokens each.</param>
    public ChurnFloor(int sequences, int blocksTotal)
    {
        _rows = new Row?[sequences];
        _places = new Place[blocksTotal];
        for (var id = 0; id < blocksTotal; id++)
        {
            _places[id].Previous = id - 1;
            _places[id].Next = id + 1 < blocksTotal ? id + 1 : None;
        }

        _tail = blocksTotal - 1;
    }

    /// <summary>Fills up those that wait; not part of a step.</summary>
    public void Submit()
    {
        while (_waiting.Count < 8)
        {
            var prompt = _random.Next(Churn.PromptMin, Churn.PromptMax + 1);
            var end = prompt + _random.Next(Churn.OutputMin, Churn.OutputMax + 1);
            var tokens = new int[end];
            tokens.AsSpan(0, prompt).Fill(3);
            tokens[0] = _submitted++ % (1 << 20);
            _waiting.Enqueue(new Row(tokens, prompt, new int[end / Churn.BlockSize + 1]));
        }
    }

    /// <summary>One step of all rows.</summary>
    public void Step()
    {
        foreach (ref var row in _rows.AsSpan())
        {
            row ??= _waiting.TryDequeue(out var next) ? next : null;
            if (row is null)
                continue;
            Compute(row);
            row.Tokens[row.Count++] = 7;
            if (row.Count < row.Tokens.Length)
                continue;
            for (var index = row.BlocksCount - 1; index >= 0; index--)
                Release(row.Blocks[index]);
            row = null;
        }
    }

    // All tokens that are not computed get a slot, and what is full is cached.
    private void Compute(Row row)
    {
        var tokens = MemoryMarshal.Cast<int, ulong>(row.Tokens);
        while (row.BlocksCount * Churn.BlockSize < row.Count)
            row.Blocks[row.BlocksCount++] = Take();
        for (; (row.Full + 1) * Churn.BlockSize <= row.Count; row.Full++)
        {
            var first = row.Full * Churn.BlockSize / 2;
            for (var pair = first; pair < first + Churn.BlockSize / 2; pair++)
                row.Chain = Mix(row.Chain, tokens[pair]);
            _places[row.Blocks[row.Full]].Hash = row.Chain;
            _cached[row.Chain] = row.Blocks[row.Full];
        }
    }

    private int Take()
    {
        var id = _head;
        ref var place = ref _places[id];
        _head = place.Next;
        _places[_head].Previous = None;
        if (place.Hash != 0)
            _cached.Remove(place.Hash);
        (place.References, place.Next, place.Hash) = (1, None, 0);
        return id;
    }

    private void Release(int id)
    {
        ref var place = ref _places[id];
        if (--place.References > 0)
            return;
        (place.Previous, place.Next) = (_tail, None);
        _places[_tail].Next = id;
        _tail = id;
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        var mixed = (hash ^ value) + 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }

    private struct Place
    {
        public int References;
        public int Previous;
        public int Next;
        public ulong Hash;
    }

    private sealed class Row(int[] tokens, int prompt, int[] blocks)
    {
        public int[] Tokens { get; } = tokens;

        public int[] Blocks { get; } = blocks;

        public int Count { get; set; } = prompt;

        public int BlocksCount { get; set; }

        public int Full { get; set; }

        public ulong Chain { get; set; } = 1;
    }
}
