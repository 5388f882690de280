using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>
/// The state behind <c>loop</c>. It reads ahead only as far as it is asked: <c>last</c> and
/// <c>nextitem</c> by one, <c>length</c> to the end.
/// </summary>
internal sealed class LoopState(IEnumerable<Value> items, int? knownLength) : IDisposable
{
    private readonly IEnumerator<Value> _rest = items.GetEnumerator();
    private readonly Queue<Value> _ahead = new();
    private Value? _previous;
    private Value? _current;
    private Value? _lastChanged;
    private int? _length = knownLength;

    public int Index0 { get; private set; } = -1;

    public Value Current =>
        _current ?? throw new InvalidOperationException("before the first item");

    public int Length => _length ??= Index0 + 1 + ReadAhead(int.MaxValue);

    public bool MoveNext()
    {
        if (ReadAhead(1) == 0)
            return false;
        (_previous, _current) = (_current, _ahead.Dequeue());
        Index0++;
        return true;
    }

    public Value? Attribute(string name) => name switch
    {
        "index" => Whole(Index0 + 1),
        "index0" => Whole(Index0),
        "first" => Value.Of(Index0 == 0),
        "last" => Value.Of(ReadAhead(1) == 0),
        "length" => Whole(Length),
        "revindex" => Whole(Length - Index0),
        "revindex0" => Whole(Length - Index0 - 1),
        "previtem" => _previous ?? new Value.Undefined(null, null, "there is no previous item"),
        "nextitem" => ReadAhead(1) > 0
            ? _ahead.Peek()
            : new Value.Undefined(null, null, "there is no next item"),
        "depth" => Whole(1),
        "depth0" => Whole(0),
        "cycle" => new Value.Callable("cycle", "method", (_, arguments) => Cycle(arguments)),
        "changed" => new Value.Callable("changed", "method", Changed),
        _ => null,
    };

    public void Dispose() => _rest.Dispose();

    /// <summary>
    /// Reads until that many items are waiting, or all that are left; gives how many wait.
    /// </summary>
    private int ReadAhead(int count)
    {
        while (_ahead.Count < count && _rest.MoveNext())
            _ahead.Enqueue(_rest.Current);
        return _ahead.Count;
    }

    private Value Cycle(Arguments arguments) => arguments.Positional is { Length: > 0 } items
        ? items[Index0 % items.Length]
        : throw new TemplateFault("no items for cycling given");

    private Value.Bool Changed(Rendering rendering, Arguments arguments)
    {
        var before = _lastChanged;
        _lastChanged = new Value.Tuple(arguments.Positional);
        rendering.Spend(_lastChanged.Weight);
        return Value.Of(before is null || !ValueEquality.Instance.Equals(before, _lastChanged));
    }

    private static Value.Integer Whole(int number) => new(new BigInteger(number));
}
