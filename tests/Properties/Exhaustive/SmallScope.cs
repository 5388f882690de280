using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Mutants;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Exhaustive;

/// <summary>
/// All traces of tiny worlds, not a sample of them. Finds the off-by-ones that chance misses.
/// </summary>
public class SmallScope(ITestOutputHelper output)
{
    private static readonly (int Prompt, int Max, bool Stops)[][] s_requests =
    [
        [(1, 4, false), (1, 4, true)],
        [(3, 3, true), (1, 4, false)],
        [(2, 3, false), (3, 3, true)],
    ];

    public static TheoryData<int, int> Pools => new()
    {
        { 3, 1 }, { 4, 1 }, { 5, 1 }, { 2, 2 }, { 3, 2 }, { 4, 2 },
    };

    [Theory, MemberData(nameof(Pools))]
    public void Every_law_holds_of_all_that_can_happen_to_two_requests_in_a_pool_of(
        int blocks, int blockSize)
    {
        var worlds =
            from budget in new[] { 1, 3 }
            from threshold in new[] { 0, 1 }
            from watermark in new[] { 0, 0.5 }
            from requests in s_requests
            select new World(
                World.Limits(blocks, blockSize) with
                {
                    MaxBatchedTokens = budget,
                    LongPrefillThreshold = threshold,
                    Watermark = watermark,
                },
                World.RequestsOf(requests));
        Check(worlds);
    }

    [Fact]
    public void Every_law_holds_of_all_that_can_happen_to_three_requests() =>
        Check(Threes());

    [Fact]
    public void Every_law_holds_of_all_that_can_happen_to_three_requests_under_priorities() =>
        Check(Threes().Select(world => world.WithPriorities()));

    [Fact]
    public void Every_law_holds_of_all_that_can_happen_to_three_requests_of_two_tenants() =>
        Check(Threes().Select(world => world.WithTenants()));

    [Fact]
    public void Every_law_holds_of_all_that_can_happen_where_steps_are_planned_ahead() =>
        Check(
        [
            .. Threes().Select(world => world.WithLookAhead()),
            new World(World.Limits(blocks: 4, blockSize: 1), World.RequestsOf(s_requests[0]))
                .WithLookAhead(),
            new World(World.Limits(blocks: 3, blockSize: 2), World.RequestsOf(s_requests[1]))
                .WithHost(2)
                .WithLookAhead(),
        ]);

    [Fact]
    public void Every_law_holds_of_all_that_can_happen_to_beams() =>
        Check(
            [
                new World(World.Limits(4, 2), World.RequestsOf((1, 4, false), (1, 3, false)))
                    .WithBeams(EarlyStopping.Always),
                new World(World.Limits(6, 1), World.RequestsOf((2, 3, false), (1, 3, false)))
                    .WithHost(4)
                    .WithBeams(),
                new World(
                    World.Limits(5, 2) with { MaxBatchedTokens = 2 },
                    World.RequestsOf((1, 4, false), (1, 3, true)))
                    .WithBeams(),
                new World(World.Limits(5, 2), World.RequestsOf((1, 3, false), (1, 3, false)))
                    .WithLookAhead()
                    .WithBeams(EarlyStopping.Never),
            ],
            "a beam dies and frees a block",
            "beams copy a block",
            "beams are missing",
            "beams are held back that will copy a block",
            "a search begins again",
            "beams come back from the host",
            "beams are cancelled in flight",
            "a step fails that searches");

    [Fact]
    public void A_block_that_is_thought_to_hold_one_token_more_is_noticed()
    {
        var world = new World(World.Limits(4, 1), World.RequestsOf((1, 2, false)));
        var mutant = Spoil.Limits(config => config with { BlockSize = config.BlockSize + 1 });
        var edges = Exploration.Of(world, mutant).Edges;
        Assert.Throws<LawBrokenException>(() =>
            LawBook.CheckAll(new Transitions([.. edges.Select(edge => edge.Transition)])));
    }

    private static World[] Threes() =>
        [
            new World(
                World.Limits(blocks: 4, blockSize: 1),
                World.RequestsOf((2, 2, false), (1, 2, false), (1, 2, false))),
            new World(
                World.Limits(blocks: 3, blockSize: 2) with
                {
                    MaxSequences = 2,
                    MaxBatchedTokens = 3,
                },
                World.RequestsOf((3, 2, false), (1, 3, false), (2, 1, false))),
        ];

    // Under every law; the cases of searches must occur.
    private void Check(IEnumerable<World> worlds, params string[] searches)
    {
        var cases = searches.ToHashSet();
        var (situations, transitions, preemptions) = (0, 0, 0);
        foreach (var explored in worlds.Select(world => Exploration.Of(world, Scheduler.Step)))
        {
            var all = new Transitions([.. explored.Edges.Select(edge => edge.Transition)]);
            LawBook.CheckAll(all);
            AssertEverythingEnds(explored);
            situations += explored.Situations;
            transitions += explored.Edges.Count;
            preemptions += all.Items.Count(each => !each.Preempted.IsEmpty);
            cases.RemoveWhere(each => all.Items.Any(SearchCases.All[each].Occurs));
        }

        output.WriteLine(
            $"{situations} situations, {transitions} transitions, {preemptions} with preemption");
        Assert.NotEqual(0, preemptions);
        Assert.Empty(cases);
    }

    // With nothing but the executor's own moves no situation comes again, and where none is left
    // nothing is unfinished: every run ends, whatever tokens are drawn.
    private static void AssertEverythingEnds(Exploration explored)
    {
        var moves = explored.Edges.Where(edge => edge.IsProgress).ToLookup(edge => edge.From);
        Assert.All(
            explored.Edges.Where(edge => !moves[edge.To].Any()),
            edge => Assert.Empty(edge.Transition.After.Unfinished()));
        var indegrees = explored.Edges
            .Where(edge => edge.IsProgress)
            .CountBy(edge => edge.To)
            .ToDictionary();
        var open = new Queue<string>(
            explored.Edges.Select(edge => edge.From).Distinct()
                .Where(from => !indegrees.ContainsKey(from)));
        var sorted = 0;
        for (; open.TryDequeue(out var from); sorted++)
        {
            foreach (var edge in moves[from].Where(edge => --indegrees[edge.To] == 0))
                open.Enqueue(edge.To);
        }

        Assert.Equal(explored.Situations, sorted);
    }
}
