using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Memory;

/// <summary>
/// Memory refinement: whatever the scheduler does with blocks, every row of every plan finds in
/// the cache exactly the tokens of its sequence, at their positions.
/// </summary>
public static class MemoryLaws
{
    [Law]
    public static void Every_row_reads_back_exactly_the_tokens_of_its_sequence(Trace trace)
    {
        var executor = new SymbolicExecutor(trace.Config);
        foreach (var transition in trace.Items)
        {
            if (transition.Planned is { } plan)
                Assert.Empty(executor.Execute(plan));
            if (transition is { Event: Event.StepFailed, Before.InFlight: { } failed }
                && transition.After.InFlight is null)
                executor.Fail(failed);
        }
    }

    // A slow device may still write to the blocks of a request that was given up meanwhile.
    [Law]
    public static void No_block_changes_hands_while_a_step_is_in_flight(Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Before.InFlight is null)
                return;
            var before = transition.Before.Running.ToLookup(each => each.Request.Id);
            Assert.All(transition.After.Running, sequence => Assert.Contains(
                before[sequence.Request.Id],
                each => each.Blocks.Blocks.SequenceEqual(sequence.Blocks.Blocks)));
        });
}
