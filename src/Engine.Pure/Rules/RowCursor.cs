namespace SkPaged.Engine.Pure;

/// <summary>
/// Finds the rows of a plan for those running, one after the other. Rows and running sequences are
/// both in order of arrival, so one walk over both pairs them.
/// </summary>
internal ref struct RowCursor(StepPlan plan)
{
    private int _next;
    private int _samples;

    /// <summary>The row found.</summary>
    public int Row { get; private set; }

    /// <summary>Where its samples begin among those of the plan.</summary>
    public int FirstSample { get; private set; }

    /// <summary>False when the sequence has no row; the rows before its place are passed.</summary>
    public bool MoveTo(SequenceId id)
    {
        for (; _next < plan.Rows && plan.Sequences[_next].Value < id.Value; _next++)
            _samples += plan.Draws[_next].Count;
        if (_next == plan.Rows || plan.Sequences[_next] != id)
            return false;
        (Row, FirstSample) = (_next, _samples);
        _samples += plan.Draws[_next].Count;
        _next++;
        return true;
    }
}
