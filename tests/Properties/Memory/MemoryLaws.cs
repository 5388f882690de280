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

    // A slow device: the step is executed only when its answer is due, after all that happened
    // meanwhile. Blocks given back by a cancellation must not have gone to anybody else.
    [Law]
    public static void Blocks_given_up_in_flight_are_nobody_elses_until_the_step_is_answered(
        Trace trace)
    {
        var executor = new SymbolicExecutor(trace.Config);
        foreach (var transition in trace.Items)
        {
            if (transition.Before.InFlight is { } plan && transition.After.InFlight is null)
                Assert.Empty(executor.Execute(plan));
        }
    }
}
