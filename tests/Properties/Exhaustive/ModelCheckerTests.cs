using System.Diagnostics;
using System.Globalization;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Mutants;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Exhaustive;

/// <summary>
/// All states of small worlds, a million of them: three or four requests that share beginnings,
/// stop when they like, are cancelled at any moment, in steps that fail at any moment; in pools of
/// 3 to 6 blocks of 1 or 2 tokens, beside up to 2 host blocks.
/// </summary>
/// <remarks>
/// <c>SKPAGED_STATES=50000000</c> makes it a long run.
/// </remarks>
public class ModelCheckerTests(ITestOutputHelper output)
{
    private static readonly long s_states = long.Parse(
        Environment.GetEnvironmentVariable("SKPAGED_STATES") ?? "1000000",
        CultureInfo.InvariantCulture);

    [Fact]
    public void No_law_breaks_in_a_million_states_of_small_worlds()
    {
        var (states, whole, watch) = (0L, 0, Stopwatch.StartNew());
        foreach (var world in Worlds().TakeWhile(_ => states < s_states))
        {
            var search = new ModelChecker(world, Scheduler.Step).Run(s_states - states);
            states += search.States;
            output.WriteLine($"{Show.Config(world.Config)}: {search}, {watch.Elapsed:mm\\:ss}, "
                + $"{Environment.CpuUsage.TotalTime.TotalSeconds:f0} s of processors");
            Assert.Null(search.Broken);
            whole += search.IsWhole ? 1 : 0;
        }

        output.WriteLine($"{states:N0} states, {whole} worlds whole");
        Assert.InRange(states, s_states, long.MaxValue);
        // Each pool, and each capability, at least once.
        Assert.InRange(whole, s_pools.Length, int.MaxValue);
    }

    [Fact]
    public void No_law_breaks_in_any_state_of_worlds_in_which_beams_are_searched()
    {
        var worlds =
            from blocks in new[] { 6, 5, 4 }
            from budget in new[] { 8, 2 }
            let world = OfBeams(blocks, budget)
            from varied in (World[])
                [world.WithSamples(2).WithHost(2), world.WithLookAhead(), world.WithTenants()]
            select varied;
        foreach (var world in worlds)
        {
            var search = new ModelChecker(world, Scheduler.Step).Run();
            output.WriteLine($"{Show.Config(world.Config)}: {search}");
            Assert.Null(search.Broken);
            Assert.True(search.IsWhole);
        }
    }

    public static TheoryData<string> Bugs =>
    [
        "the blocks of a cancelled request leak",
        "the blocks of a finished request leak",
        "a freed block is in no queue and no table",
        "a block is freed twice",
        "cancelling frees a neighbour's last block as well",
        "a victim is taken for computed",
        "a block stays known for what it held before",
        "whoever was preempted is let in again by the same step",
        "a hit looks at the last token of a block only",
        "the second in the queue overtakes the first",
        "within a priority the latest starts first",
        "the victim is the latest arrival, whatever its priority",
        "newcomers start before those that gave way",
        "the blocks of a beam that dies leak",
        "a beam goes on in the blocks of another",
    ];

    [Theory, MemberData(nameof(Bugs))]
    public void The_checker_finds_a_shortest_way_to_the_bug_in_which(string name)
    {
        World[] worlds = BeamMutants.All.Any(mutant => mutant.Name == name)
            ? [OfBeams(blocks: 4, budget: 8)]
            : [Small(), Small().WithPriorities(), Small().WithTenants()];
        var search = worlds
            .Select(world => new ModelChecker(world, MutantTests.Named(name).Make()).Run(200_000))
            .FirstOrDefault(each => each.Broken is not null);
        output.WriteLine($"{search}");
        Assert.NotNull(search);
    }

    private static World Small() =>
        new World(
            World.Limits(blocks: 4, blockSize: 2),
            World.RequestsOf((3, 3, true), (2, 3, false), (5, 2, true)))
            .WithStranger();

    private static World OfBeams(int blocks, int budget) =>
        new World(
            World.Limits(blocks, blockSize: 2) with { MaxBatchedTokens = budget },
            World.RequestsOf((3, 2, false), (1, 4, true)))
            .WithBeams();

    // Of any eight that follow each other each has another pool and another capability.
    private static IEnumerable<World> Worlds() =>
        from requests in new (int Prompt, int Max, bool Stops)[][]
        {
            [(2, 3, true), (2, 3, true), (1, 3, true), (3, 2, true)],
            [(1, 4, true), (3, 3, true), (2, 4, true), (4, 2, true)],
            [(4, 3, true), (4, 3, true), (1, 5, true), (5, 2, true)],
            [(5, 4, true), (5, 4, true), (4, 4, true), (3, 4, true)],
            [(1, 6, true), (2, 6, true), (1, 8, true), (2, 5, true)],
        }
        from shift in Enumerable.Range(0, s_variants.Length)
        from budget in new[] { 8, 3 }
        from pool in Enumerable.Range(0, s_pools.Length)
        let world = new World(
            World.Limits(s_pools[pool].Blocks, s_pools[pool].BlockSize) with
            {
                MaxBatchedTokens = budget,
            },
            World.RequestsOf(requests))
        select s_variants[(pool + shift) % s_variants.Length](world);

    private static readonly (int Blocks, int BlockSize)[] s_pools =
        [(6, 2), (4, 1), (3, 2), (5, 1), (5, 2), (3, 1), (4, 2), (6, 1)];

    private static readonly Func<World, World>[] s_variants =
    [
        world => world.WithoutTheLast().WithSamples(2).WithHost(1).WithLookAhead(),
        world => world.WithoutTheLast().WithSamples(2).WithBeams().WithHost(2),
        world => world.WithSamples(2).WithHost(2),
        world => world.WithStranger().WithHost(1),
        world => world.WithSamples(2),
        world => world.WithSalt(),
        world => world.WithoutTheLast().WithSamples(2).WithPriorities(),
        world => world.WithoutTheLast().WithSamples(2).WithTenants(),
    ];
}
