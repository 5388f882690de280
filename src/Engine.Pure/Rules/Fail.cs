using System.Collections.Immutable;
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
        var (ended, running) = (
            state.Running.RemoveAll(sequence => !failed.Contains(sequence.Id)),
            state.Running.RemoveAll(sequence => failed.Contains(sequence.Id)));
        var blocks = state.Blocks.Edit();
        foreach (var sequence in ended)
            blocks.Release(sequence.Blocks);
        var next = state with
        {
            Blocks = blocks.Freeze(),
            Running = running,
            Unfinished = state.Unfinished.RemoveRange(ended.Select(each => each.Request.Id)),
            InFlight = null,
        };
        return (next, Decisions.Of([.. ended.Select(Finished)]));
    }

    private static Decision Finished(Sequence sequence) =>
        new Decision.Finish(sequence.Request.Id, FinishReason.Error, sequence.Usage);
}
