using System.Diagnostics;
using System.Globalization;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Mutants;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Simulation;

/// <summary>
/// Long runs with every fault there is, a million steps in all, each from one seed; and now and
/// then all laws, also those over whole traces, of where a run would go from there. Another:
/// <c>SKPAGED_SEED=n dotnet test --filter Simulation</c>, or <c>SKPAGED_SEED=random</c>.
/// </summary>
public class SimulationTests(ITestOutputHelper output)
{
    private const int StepsMin = 1_000_000;
    private const int Commands = 2_500_000;
    private const int Traces = 9;

    private static readonly StepFunction s_mistold = Mutant("an end by length is told as a stop");

    private static readonly Func<Simulator, long>[] s_happens =
    [
        run => run.Counts.Failed,
        run => run.Counts.Cancelled,
        run => run.Counts.Overflows,
        run => run.State.Stats.Swaps,
        run => run.State.Stats.Preemptions - run.State.Stats.Swaps,
        run => run.State.Stats.CachedTokens,
        run => run.State.Stats.Evictions,
        run => run.State.Stats.Copies,
    ];

    // Every policy with every way to give way.
    private static readonly ulong[] s_seeds =
        Environment.GetEnvironmentVariable("SKPAGED_SEED")?.Split(',')[0] switch
        {
            null or "" => [1, 2, 3, 4, 5, 6, 7, 8, 9],
            "random" => [(ulong)Random.Shared.Next()],
            var seed => [ulong.Parse(seed, CultureInfo.InvariantCulture)],
        };

    [Fact]
    public void Nothing_breaks_in_a_million_steps()
    {
        var (runs, watch) = (new List<Simulator>(), Stopwatch.StartNew());
        foreach (var seed in s_seeds)
        {
            var stream = new CommandStream(seed);
            runs.Add(Simulator.Run(
                stream, Scheduler.Step, Commands / s_seeds.Length, Traces / s_seeds.Length));
            output.WriteLine($"Seed {seed}, {watch.Elapsed:mm\\:ss}: {Show.Config(stream.Config)}");
            output.WriteLine($"  {runs[^1].Counts}{Environment.NewLine}  {runs[^1].State.Stats}");
            Assert.NotEqual(0, runs[^1].State.Stats.Preemptions);
        }

        var steps = runs.Sum(run => (long)run.Counts.Steps);
        output.WriteLine($"{steps} steps in all");
        Assert.InRange(steps, StepsMin, long.MaxValue);
        if (runs.Count > 1)
            Assert.All(s_happens, each => Assert.NotEqual(0, runs.Sum(each)));
    }

    [Fact]
    public void The_seeds_have_every_policy_with_every_way_to_give_way() =>
        Assert.Equal(
            from policy in Enum.GetValues<SchedulingPolicy>()
            from mode in Enum.GetValues<PreemptionMode>()
            select (policy, mode),
            Enumerable.Range(1, 9)
                .Select(seed => new CommandStream((ulong)seed).Config)
                .Select(config => (config.Policy, config.PreemptionMode))
                .Order());

    [Fact]
    public void A_run_that_breaks_says_its_seed_and_the_few_commands_that_it_takes() =>
        Breaks(Mutant("the blocks of a cancelled request leak"), "Cancelled", commandsMax: 4);

    [Fact]
    public void So_does_one_that_breaks_a_law_of_whole_traces()
    {
        var failure = Breaks(s_mistold, "Stop", commandsMax: 3);
        Assert.Contains(
            LawBook.Over<Generators.Trace>(),
            law => failure.Message.Contains($": {law.Name}: ", StringComparison.Ordinal));
    }

    // So late that no trace which begins with a new scheduler gets there.
    [Fact]
    public void So_does_one_that_breaks_such_a_law_after_many_steps_only()
    {
        var failure = Breaks(
            (config, state, evt) => state.NextStep.Value < 150
                ? Scheduler.Step(config, state, evt)
                : s_mistold(config, state, evt),
            "Stop",
            commandsMax: 1000);
        Assert.InRange(failure.Log.Last.NextStep.Value, 150, 500);
    }

    [Fact]
    public void So_does_one_in_which_the_scheduler_throws() =>
        Breaks(
            Throws(() => throw new KeyNotFoundException("no such block")),
            "throws KeyNotFoundException: no such block",
            commandsMax: 3);

    [Fact]
    public void So_does_one_in_which_an_assertion_of_the_scheduler_fails() =>
        Breaks(
            Throws(() => Debug.Fail("It is not fresh.")), "It is not fresh.", commandsMax: 3);

    private SimulationFailedException Breaks(StepFunction step, string what, int commandsMax)
    {
        var failure = Assert.Throws<SimulationFailedException>(() =>
            Simulator.Run(new CommandStream(7), step, count: 20_000, traces: 40));
        output.WriteLine(failure.Message);
        Assert.StartsWith("Seed 7 breaks after", failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Log.Workload.Commands.Length, 1, commandsMax);
        return failure;
    }

    // Who cancels while something runs.
    private static StepFunction Throws(Action fault) =>
        (config, state, evt) =>
        {
            if (evt is Event.Cancelled && !state.Running.IsEmpty)
                fault();
            return Scheduler.Step(config, state, evt);
        };

    private static StepFunction Mutant(string name) => MutantTests.Named(name).Make();
}
