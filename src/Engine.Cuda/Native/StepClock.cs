namespace SkPaged.Engine.Cuda.Native;

/// <summary>When a device began and ended its last steps, by its own clock.</summary>
/// <param name="capacity">Steps that are kept: the first ones after a reset.</param>
internal sealed class StepClock(int capacity) : IDisposable
{
    private readonly List<Mark> _marks = [];
    private int _count;

    /// <summary>Steps that were timed.</summary>
    public int Count => _count;

    /// <summary>Forgets all steps.</summary>
    public void Reset() => _count = 0;

    /// <summary>A step begins where the stream is now; its context is current.</summary>
    public void Begin(CudaStream stream, int rows, int tokens)
    {
        if (_count == capacity)
            return;
        if (_count == _marks.Count)
            _marks.Add(new(CudaEvent.Create(), CudaEvent.Create()));
        (_marks[_count].Rows, _marks[_count].Tokens) = (rows, tokens);
        _marks[_count].Start.Record(stream);
    }

    /// <summary>The step that began last ends where the stream is now.</summary>
    public void End(CudaStream stream)
    {
        if (_count < capacity)
            _marks[_count++].End.Record(stream);
    }

    /// <summary>The steps, in order; waits for the last one. The context is current.</summary>
    public IReadOnlyList<StepTime> Read()
    {
        if (_count == 0)
            return [];
        _marks[_count - 1].End.Synchronize();
        return
        [
            .. _marks.Take(_count).Select((mark, i) => new StepTime(
                mark.Rows, mark.Tokens, mark.End.MillisecondsSince(mark.Start),
                i == 0 ? 0 : mark.Start.MillisecondsSince(_marks[i - 1].End))),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _marks.ForEach(mark =>
    {
        mark.Start.Dispose();
        mark.End.Dispose();
    });

    private sealed class Mark(CudaEvent start, CudaEvent end)
    {
        public CudaEvent Start { get; } = start;

        public CudaEvent End { get; } = end;

        public int Rows { get; set; }

        public int Tokens { get; set; }
    }
}

/// <summary>A step on the device.</summary>
/// <param name="Rows">Sequences.</param>
/// <param name="Tokens">Tokens of all of them.</param>
/// <param name="Milliseconds">From its first work to its last.</param>
/// <param name="GapMilliseconds">Before it, in which the device had nothing to do.</param>
internal readonly record struct StepTime(
    int Rows, int Tokens, double Milliseconds, double GapMilliseconds);
