using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Exhaustive;

/// <summary>
/// The states along the way that was gone last. Of the next way only what is different is gone.
/// </summary>
internal sealed class Trail(SchedulerConfig config, StepFunction step)
{
    private readonly SchedulerState _first = SchedulerState.Initial(config);
    private readonly List<(Way Way, SchedulerState State)> _gone = [];

    /// <summary>The state at the end of <paramref name="way"/>; null = where all begin.</summary>
    public SchedulerState At(Way? way)
    {
        if (way is null)
            return _first;
        if (way.Length <= _gone.Count && ReferenceEquals(_gone[way.Length - 1].Way, way))
            return _gone[way.Length - 1].State;
        var before = At(way.Before);
        _gone.RemoveRange(way.Length - 1, _gone.Count - way.Length + 1);
        var (state, _) = step(config, before, way.Event);
        _gone.Add((way, state));
        return state;
    }
}
