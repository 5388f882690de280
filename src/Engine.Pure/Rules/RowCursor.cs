namespace SkPaged.Engine.Pure;

/// <summary>
/// Finds the rows of a plan for those running, one after the other. Both are in the order of the
/// plan, so this looks at one row nearly always. Only where a step was planned ahead may those that
/// the plan admitted have found another place since.
/// </summary>
internal ref struct RowCursor(StepPlan plan)
{
    private int _next;
    private int _samples;

    /// <summary>The row found.</summary>
    public readonly int Row => _next - 1;

    /// <summary>Where its samples begin among those of the plan.</summary>
    public int FirstSample { get; private set; }

    /// <summary>False when the sequence has no row.</summary>
    public bool MoveTo(SequenceId id)
    {
        var ids = plan.Sequences.AsSpan();
        var row = _next < ids.Length && ids[_next] == id ? _next
            : ids[_next..].IndexOf(id) is >= 0 and var behind ? _next + behind
            : ids[.._next].IndexOf(id);
        if (row < 0)
            return false;
        if (row < _next)
            (_next, _samples) = (0, 0);
        for (; _next < row; _next++)
            _samples += plan.Draws[_next].Count;
        FirstSample = _samples;
        _samples += plan.Draws[row].Count;
        _next++;
        return true;
    }
}
