using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>Ours: <see cref="Scheduler.Step"/> as it is.</summary>
/// <param name="Config">A validated configuration.</param>
/// <param name="State">What holds.</param>
/// <param name="Use">Of the step planned last.</param>
internal sealed record PagedServing(SchedulerConfig Config, SchedulerState State, KvUse Use)
    : IServing
{
    public static PagedServing Of(SchedulerConfig config) =>
        new(config, SchedulerState.Initial(config), default);

    public (IServing Next, Seq<Decision> Decisions) Step(Event evt)
    {
        var (state, decisions) = Scheduler.Step(Config, State, evt);
        return (new PagedServing(Config, state, UseOf(state)), decisions);
    }

    public void RetireFor(IServing next) => State.RetireFor(((PagedServing)next).State);

    // What a step holds is the difference of two sums over steps: nothing is counted again.
    private KvUse UseOf(SchedulerState next)
    {
        if (next.Stats.Steps == State.Stats.Steps)
            return Use;
        var taken = next.Stats.SlotSteps - State.Stats.SlotSteps;
        var held = next.Stats.TokenSteps - State.Stats.TokenSteps;
        var shared = next.Blocks.SharesTotal;
        return new KvUse(
            held, Future: taken - held, Internal: 0, taken,
            (long)Config.BlocksTotal * Config.BlockSize, next.Running.Length,
            !next.Waiting.IsEmpty, shared,
            shared + next.Blocks.LiveCount);
    }
}
