using System.Collections.Immutable;
using System.Reflection;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Simulation;

/// <summary>Makes of a run that broke the few commands that break it.</summary>
internal static class SimulationFailure
{
    private const int AttemptsMax = 2000;
    private const int AttemptsAtTracesMax = 40;

    /// <summary>Of a run that broke at command <paramref name="last"/>.</summary>
    public static SimulationFailedException Of(
        CommandStream stream, StepFunction step, int last, string broken)
    {
        var fewest = Shrinking.Minimal(
            UpTo(stream, last),
            fewer => Breaks(stream.Config, step, fewer) is not null,
            AttemptsMax);
        return Told(
            stream, step, last, Breaks(stream.Config, step, fewest) ?? broken, fewest);
    }

    /// <summary>
    /// Of a run that went well up to command <paramref name="last"/>, but would have broken a law
    /// had it come to rest there and gone on with the commands behind.
    /// </summary>
    public static SimulationFailedException Foreseen(
        CommandStream stream, StepFunction step, int last, BrokenTrace broken)
    {
        var (config, window) = (stream.Config, SampledTrace.Behind(stream, last));
        bool Fails(ImmutableArray<Command> past, SampledTrace next) =>
            Foreseen(config, step, past, next, broken.Law) is not null;
        var past = Fails([], window)
            ? []
            : Shrinking.Minimal(
                UpTo(stream, last), fewer => Fails(fewer, window), AttemptsAtTracesMax);
        var commands = Shrinking.Minimal(
            window.Commands, fewer => Fails(past, new(fewer)), AttemptsAtTracesMax);
        return Told(
            stream,
            step,
            last,
            Foreseen(config, step, past, new(commands), broken.Law) ?? broken.What,
            [.. past, .. Rest(config, step, past), .. commands]);
    }

    private static ImmutableArray<Command> UpTo(CommandStream stream, int last) =>
        [.. Enumerable.Range(0, last + 1).Select(n => stream[n])];

    private static string? Breaks(
        SchedulerConfig config, StepFunction step, ImmutableArray<Command> commands)
    {
        var simulator = new Simulator(config, step, every: 1);
        return commands.Select(simulator.Feed).FirstOrDefault(broken => broken is not null)
            ?? simulator.Drain();
    }

    private static string? Foreseen(
        SchedulerConfig config,
        StepFunction step,
        ImmutableArray<Command> past,
        SampledTrace window,
        MethodInfo? law)
    {
        var simulator = new Simulator(config, step, every: int.MaxValue);
        return past.Select(simulator.Feed).FirstOrDefault(broken => broken is not null)
            ?? simulator.Foresee(window, law)?.What;
    }

    // What it takes until nothing is left.
    private static IEnumerable<Command> Rest(
        SchedulerConfig config, StepFunction step, ImmutableArray<Command> past) =>
        Driver.RunWhileItGoes(new Workload(config, past), step).Drain
            .Select(_ => new Command.Advance());

    private static SimulationFailedException Told(
        CommandStream stream,
        StepFunction step,
        int last,
        string broken,
        ImmutableArray<Command> fewest) =>
        new(
            stream.Seed,
            last,
            broken,
            Driver.RunWhileItGoes(new Workload(stream.Config, fewest), step));
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
