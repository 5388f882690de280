using System.Reflection;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Memory;

namespace SkPaged.Properties.Simulation;

/// <summary>
/// Runs commands against a scheduler and an executor that checks the cache at every event. What
/// else must hold always is checked now and then while all goes well, and after every event when
/// shrinking.
/// </summary>
/// <param name="config">The limits.</param>
/// <param name="step">The scheduler, or a mutant of it.</param>
/// <param name="every">Events from one check of all invariants to the next.</param>
public sealed class Simulator(SchedulerConfig config, StepFunction step, int every)
{
    // The laws cost several times what the invariants do.
    private const int LawsEvery = 8;

    private readonly SymbolicDevice _device = new(config);

    /// <summary>Where it got to.</summary>
    public SchedulerState State { get; private set; } = SchedulerState.Initial(config);

    /// <summary>What happened so far.</summary>
    public SimulationCounts Counts { get; private set; } = new();

    /// <summary>
    /// Runs <paramref name="count"/> commands of <paramref name="stream"/> on
    /// <paramref name="step"/>, and then all that is left to its end. On the way
    /// <paramref name="traces"/> times all laws over traces are asked of what would come next, here
    /// and to a new scheduler.
    /// </summary>
    /// <exception cref="SimulationFailedException">It broke; holds the shrunk log.</exception>
    public static Simulator Run(
        CommandStream stream, StepFunction step, int count, int traces = 0, int every = 97)
    {
        var simulator = new Simulator(stream.Config, step, every);
        for (var n = 0; n < count; n++)
        {
            if (simulator.Feed(stream[n]) is { } broken)
                throw SimulationFailure.Of(stream, step, n, broken);
            if (traces == 0 || (n + 1) % (count / traces) != 0)
                continue;
            var window = SampledTrace.Behind(stream, n);
            if ((simulator.Foresee(window) ?? new Simulator(stream.Config, step, every)
                .Foresee(window)) is { } foreseen)
                throw SimulationFailure.Foreseen(stream, step, n, foreseen);
        }

        return simulator.Drain() is { } left
            ? throw SimulationFailure.Of(stream, step, count - 1, left)
            : simulator;
    }

    /// <summary>One command; what broke, if anything did.</summary>
    public string? Feed(Command command) => Breaking.Of(() => Fed(command));

    /// <summary>All that is left; what broke, if anything did.</summary>
    public string? Drain() =>
        Breaking.Of(() =>
        {
            var eventsMax = Driver.EventsAtMost(config, State);
            for (var i = 0; i < eventsMax && State.Unfinished().Any(); i++)
            {
                if (Fed(new Command.Advance()) is { } broken)
                    return broken;
            }

            return Violation()
                ?? (State.Unfinished().Any() ? "Something never finishes."
                    : State.Blocks.FreeCount != config.BlocksTotal ? "Blocks leak."
                    : State.HostBlocks.FreeCount != config.HostBlocksTotal ? "Host blocks leak."
                    : null);
        });

    /// <summary>
    /// What breaks of all laws over traces, or of one, if the run came to rest now and went on with
    /// <paramref name="window"/>. The run itself is not changed.
    /// </summary>
    public BrokenTrace? Foresee(SampledTrace window, MethodInfo? only = null) =>
        window.Broken(config, step, State, Counts.Events, only);

    private string? Fed(Command command)
    {
        var before = State;
        var evt = Driver.EventOf(config, before, command, Counts.Events);
        var (after, decisions) = Stepped(before, evt);
        State = after;
        Counts = Counts.With(before, evt, decisions);
        var misread = _device.After(evt, decisions);
        return (misread is [var first, ..] ? first : null)
            ?? (Counts.Events % every == 0 ? Violation() : null)
            ?? (every == 1 || Counts.Events % (LawsEvery * every) == 0
                ? BrokenLaw(new(Counts.Events, config, before, evt, decisions, after))
                : null);
    }

    // What it threw at is in no log of what it did.
    private (SchedulerState, LanguageExt.Seq<Decision>) Stepped(SchedulerState state, Event evt)
    {
        try
        {
            return step(config, state, evt);
        }
        catch (Exception thrown)
        {
            throw new InvalidOperationException(
                $"{Show.Event(evt)} throws {thrown.GetType().Name}: {thrown.Message}", thrown);
        }
    }

    // All laws that look at one event and what followed from it.
    private static string? BrokenLaw(Transition transition)
    {
        LawBook.CheckAll(new Transitions([transition]));
        return null;
    }

    private string? Violation() =>
        Invariants.Check(config, State).Select(each => $"{each}").FirstOrDefault();
}
