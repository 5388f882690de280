using System.Globalization;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Mutants;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Simulation;

/// <summary>
/// Long runs with every fault there is, a million steps in all, each from one seed. Another:
/// <c>SKPAGED_SEED=n dotnet test --filter Simulation</c>, or <c>SKPAGED_SEED=random</c>.
/// </summary>
public class SimulationTests(ITestOutputHelper output)
{
    private const int Commands = 400_000;

    public static TheoryData<ulong> Seeds =>
        Environment.GetEnvironmentVariable("SKPAGED_SEED")?.Split(',')[0] switch
        {
            null or "" => [1, 2, 3, 4, 5, 6],
            "random" => [(ulong)Random.Shared.Next()],
            var seed => [ulong.Parse(seed, CultureInfo.InvariantCulture)],
        };

    [Theory, MemberData(nameof(Seeds))]
    public void Nothing_breaks_in_a_long_run_with_seed(ulong seed)
    {
        var simulator = Simulator.Run(new CommandStream(seed), Scheduler.Step, Commands);
        output.WriteLine($"Seed {seed}: {simulator.Events} events, {simulator.Stats}");
        Assert.NotEqual(0, simulator.Stats.Preemptions);
    }

    [Fact]
    public void A_run_that_breaks_says_its_seed_and_the_few_commands_that_it_takes()
    {
        var leak = BlockMutants.All.Single(mutant =>
            mutant.Name == "the blocks of a cancelled request leak");
        var failure = Assert.Throws<SimulationFailedException>(() =>
            Simulator.Run(new CommandStream(7), leak.Make(), Commands));
        output.WriteLine(failure.Message);
        Assert.Contains("Seed 7 breaks", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Log.Workload.Commands.Length, 2, 4);
    }
}
