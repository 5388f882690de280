using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Mutants;

/// <summary>Calls somebody else than whose turn it is; the books are kept right.</summary>
internal sealed record SpoiltTurns(
    Turns Books,
    Func<ImmutableSortedDictionary<SequenceId, Sequence>, Turns, SequenceId> Pick) : Turns
{
    /// <summary>A scheduler that calls others while it plans.</summary>
    public static StepFunction Of(
        Func<ImmutableSortedDictionary<SequenceId, Sequence>, Turns, SequenceId> pick) =>
        (config, state, evt) =>
        {
            if (evt is not Event.StepWanted)
                return Scheduler.Step(config, state, evt);
            var (next, decisions) = Scheduler.Step(
                config, state with { Turns = new SpoiltTurns(state.Turns, pick) }, evt);
            return (next with { Turns = ((SpoiltTurns)next.Turns).Books }, decisions);
        };

    public override SequenceId Next(ImmutableSortedDictionary<SequenceId, Sequence> waiting) =>
        Pick(waiting, Books);

    public override Turns Arrive(SchedulerState state, Sequence newcomer) =>
        this with { Books = Books.Arrive(state, newcomer) };

    public override Turns Return(Sequence victim) => this with { Books = Books.Return(victim) };

    public override Turns Leave(Sequence sequence) => this with { Books = Books.Leave(sequence) };

    public override Turns Admit(SchedulerConfig config, Sequence sequence) =>
        this with { Books = Books.Admit(config, sequence) };
}
