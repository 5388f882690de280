using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A request ends early, wherever it is, and gives back exactly what it held.
/// </summary>
/// <remarks>
/// A step in flight may still write to the blocks given back. That is harmless: whoever takes
/// them next is computed by a later step, and an executor runs its steps in order.
/// </remarks>
internal static class Cancel
{
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerState state, RequestId id, FinishReason reason) =>
        state.Unfinished.Find(id).Case is SequenceId sequence
            ? End(state, sequence, reason)
            : (state, Decisions.None);

    private static (SchedulerState, Seq<Decision>) End(
        SchedulerState state, SequenceId id, FinishReason reason)
    {
        var index = state.RunningIndex(id);
        var sequence = index >= 0 ? state.Running[index] : state.Waiting[id];
        var blocks = state.Blocks.Edit();
        blocks.Release(sequence.Blocks);
        var next = state with
        {
            Blocks = blocks.Freeze(),
            Running = index >= 0 ? state.Running.RemoveAt(index) : state.Running,
            Waiting = index >= 0 ? state.Waiting : state.Waiting.Remove(id),
            Turns = index >= 0 ? state.Turns : state.Turns.Leave(sequence),
            Unfinished = state.Unfinished.Remove(sequence.Request.Id),
        };
        return (
            next,
            Decisions.Of(new Decision.Finish(sequence.Request.Id, reason, sequence.Usage)));
    }
}
