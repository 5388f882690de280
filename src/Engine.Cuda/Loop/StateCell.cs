using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>What holds at one moment: a value.</summary>
/// <param name="State">The scheduler's state.</param>
/// <param name="StepsFailed">Steps that the executor could not run.</param>
/// <param name="LastStep">What the executor took for the last step.</param>
internal sealed record EngineState(SchedulerState State, long StepsFailed, TimeSpan LastStep);

/// <summary>
/// The engine's one variable. The loop's thread writes it; any thread reads a moment that was.
/// </summary>
internal sealed class StateCell(SchedulerConfig config)
{
    private EngineState _now = new(SchedulerState.Initial(config), 0, TimeSpan.Zero);

    public EngineState Now
    {
        get => Volatile.Read(ref _now);
        set => Volatile.Write(ref _now, value);
    }

    public EngineSnapshot Snapshot => EngineSnapshot.Of(config, Now);
}
