using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Memory;

namespace SkPaged.Properties.Simulation;

/// <summary>
/// Runs a command stream against a scheduler and an executor that checks the cache. What must
/// hold always is checked now and then while all goes well, and after every event when shrinking.
/// </summary>
public sealed class Simulator(SchedulerConfig config, StepFunction step, int checkEvery)
{
    private readonly SymbolicExecutor _executor = new(config);
    private SchedulerState _state = SchedulerState.Initial(config);
    private int _events;

    /// <summary>Counts of what the scheduler did.</summary>
    public SchedulerStats Stats => _state.Stats;

    /// <summary>Events so far.</summary>
    public int Events => _events;

    /// <summary>
    /// Runs <paramref name="count"/> commands of <paramref name="stream"/> on
    /// <paramref name="step"/>, and then all that is left to its end.
    /// </summary>
    /// <exception cref="SimulationFailedException">It broke; holds the shrunk log.</exception>
    public static Simulator Run(
        CommandStream stream, StepFunction step, int count, int checkEvery = 97)
    {
        var simulator = new Simulator(stream.Config, step, checkEvery);
        for (var n = 0; n < count; n++)
        {
            if (simulator.Feed(stream[n]) is { } broken)
                throw Failure(stream, step, n, broken);
        }

        return simulator.Drain() is { } left
            ? throw Failure(stream, step, count - 1, left)
            : simulator;
    }

    // What broke, if anything did.
    private string? Feed(Command command)
    {
        var before = _state;
        var evt = Driver.EventOf(config, before, command, _events++);
        (_state, var decisions) = step(config, before, evt);
        if (evt is Event.StepFailed && before.InFlight is { } failed && _state.InFlight is null)
            _executor.Fail(failed);
        var misread = decisions.OfType<Decision.RunStep>()
            .SelectMany(run => _executor.Execute(run.Plan))
            .FirstOrDefault();
        return misread
            ?? (_events % checkEvery == 0 ? Violation() : null)
            ?? (_events % (8 * checkEvery) == 0
                ? BrokenLaw(new Transition(_events, config, before, evt, decisions, _state))
                : null);
    }

    // All laws that look at one event and what followed from it.
    private static string? BrokenLaw(Transition transition)
    {
        try
        {
            LawBook.CheckAll(new Transitions([transition]));
            return null;
        }
        catch (LawBrokenException broken)
        {
            return broken.Message;
        }
    }

    private string? Drain()
    {
        var eventsMax = 2 * Driver.StepsAtMost(config, _state) + 2;
        for (var i = 0; i < eventsMax && _state.Unfinished().Any(); i++)
        {
            if (Feed(new Command.Advance()) is { } broken)
                return broken;
        }

        return Violation()
            ?? (_state.Unfinished().Any() ? "Something never finishes."
                : _state.Blocks.FreeCount != config.BlocksTotal ? "Blocks leak."
                : _state.HostBlocks.FreeCount != config.HostBlocksTotal ? "Host blocks leak."
                : null);
    }

    private string? Violation() =>
        Invariants.Check(config, _state).Select(each => $"{each}").FirstOrDefault();

    private static SimulationFailedException Failure(
        CommandStream stream, StepFunction step, int last, string broken)
    {
        var fewest = Shrinking.Minimal(
            [.. Enumerable.Range(0, last + 1).Select(n => stream[n])],
            fewer => Breaks(stream.Config, step, fewer) is not null, attemptsMax: 2000);
        var log = Driver.Run(new Workload(stream.Config, fewest), step);
        return new SimulationFailedException(
            stream.Seed, last, $"{Breaks(stream.Config, step, fewest) ?? broken}", log);
    }

    private static string? Breaks(
        SchedulerConfig config, StepFunction step, ImmutableArray<Command> commands)
    {
        var simulator = new Simulator(config, step, checkEvery: 1);
        return commands.Select(simulator.Feed).FirstOrDefault(broken => broken is not null)
            ?? simulator.Drain();
    }
}

/// <summary>A simulation broke; the message is all that it takes to see it again.</summary>
public sealed class SimulationFailedException(ulong seed, int commands, string broken, Trace log)
    : Exception($"Seed {seed} breaks after {commands + 1} commands: {broken}"
        + $"{Environment.NewLine}Shrunk to {log.Workload.Commands.Length}:"
        + $"{Environment.NewLine}{log}")
{
    /// <summary>The shortest history found that breaks.</summary>
    public Trace Log { get; } = log;
}
