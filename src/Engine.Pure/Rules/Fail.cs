using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A step could not run: what it would have written is unknown, so all its sequences end with an
/// error and give back their blocks. Everyone else goes on.
/// </summary>
internal static class Fail
{
    public static (SchedulerState, Seq<Decision>) Apply(SchedulerState state, StepId step)
    {
        if (state.InFlight is not { } plan || plan.Id != step)
            return (state, Decisions.None);
        var failed = plan.Sequences.ToHashSet();
        return End.Apply(
            state with { InFlight = null },
            [.. state.Running.Where(sequence => failed.Contains(sequence.Id))],
            FinishReason.Error);
    }
}
