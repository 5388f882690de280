using System.Diagnostics;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>Debug builds check the scheduler's invariants as they run.</summary>
internal static class DebugCheck
{
    // A check costs time that grows with the pool. A pool of n times this many blocks is checked
    // at every n-th step, so that the cost of a step does not grow with it.
    private const int BlocksPerStep = 4096;

    /// <summary>Asserts that <paramref name="state"/> keeps every law.</summary>
    [Conditional("DEBUG")]
    public static void Assert(SchedulerConfig config, SchedulerState state)
    {
        if (state.NextStep.Value % (1 + config.BlocksTotal / BlocksPerStep) != 0)
            return;
        var violations = Invariants.Check(config, state);
        Debug.Assert(violations.IsEmpty, string.Join("; ", violations));
    }
}
