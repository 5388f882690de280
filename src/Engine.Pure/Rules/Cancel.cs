using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>A request, or one of its samples, ends early.</summary>
internal static class Cancel
{
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerState state, Event.Cancelled cancelled) =>
        state.Unfinished.Find(cancelled.Id).Case is Ongoing ongoing
            && Ended(state, ongoing, cancelled.Sample) is { Count: > 0 } ended
            ? End.Apply(state, ended, cancelled.Reason)
            : (state, Decisions.None);

    // A sample alone ends only once it is a sequence of its own; a beam is none before the search
    // is over.
    private static List<Sequence> Ended(SchedulerState state, Ongoing ongoing, int? sample) =>
    [
        .. state.Members(ongoing).Where(sequence => sample is null
            || (sequence.Sample == sample && sequence is { Width: 1, Request.Beams: null })),
    ];
}
