using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The step behind the one in flight, planned before its tokens are known, so that the device
/// never waits for the scheduler. A stop takes effect a step late: the row of a sequence that is
/// over by then is dropped, like that of one that was cancelled.
/// </summary>
/// <remarks>
/// It takes nothing from anybody. Where blocks lack, nothing is planned, and the next step waits
/// until the tokens of the one in flight are known.
/// </remarks>
internal static class LookAhead
{
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerConfig config, SchedulerState state)
    {
        if (!config.LookAhead || state.Ahead is not null)
            return (state, Decisions.None);
        var draft = new StepDraft(config, state);
        if (Extend.Apply(ref draft))
        {
            Admit.Apply(ref draft);
            if (draft.Rows > 0)
                return Plan.Freeze(state, ref draft);
        }

        draft.Abandon();
        return (state, Decisions.None);
    }
}
