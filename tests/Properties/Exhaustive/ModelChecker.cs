using System.Collections.Concurrent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Exhaustive;

/// <summary>The events that lead to a state.</summary>
public sealed record Way(Event Event, Way? Before)
{
    /// <summary>Events of it.</summary>
    public int Length { get; } = (Before?.Length ?? 0) + 1;

    /// <summary>All events, the first first.</summary>
    public IEnumerable<Event> Events => (Before?.Events ?? []).Append(Event);
}

/// <summary>What a search found.</summary>
/// <param name="States">Distinct states.</param>
/// <param name="Depth">Events of the longest way that had to be gone.</param>
/// <param name="IsWhole">Whether every state of the world was visited.</param>
/// <param name="Broken">A shortest way to a state that breaks a law; null = none does.</param>
/// <param name="Violation">The law that breaks there.</param>
public sealed record Search(
    long States, int Depth, bool IsWhole, Way? Broken = null, string? Violation = null)
{
    public override string ToString() =>
        $"{States:N0} states, depth {Depth}{(IsWhole ? "" : ", not all")}"
        + (Broken is null ? "" : $": {Violation} after{Environment.NewLine}  "
            + string.Join(Environment.NewLine + "  ", Broken.Events.Select(Show.Event)));
}

/// <summary>
/// Breadth first over every sequence of events of a small world. Of what it has seen it keeps
/// 16 bytes a state, so millions fit; each new state is held against <see cref="Invariants"/>.
/// The first that breaks one is reached by a shortest way.
/// </summary>
/// <remarks>
/// Of those to go on from it keeps the way, not the state, which is a hundred objects: to step
/// there again costs less than a collector that finds whole levels alive. Neighbours share most
/// of their ways, see <see cref="Trail"/>.
/// <para>
/// States that fall on one of 2^128 keys are taken for the same: at a hundred million states the
/// chance that any two do is under 10^-22.
/// </para>
/// </remarks>
public sealed class ModelChecker(World world, StepFunction step)
{
    private const int Shards = 64;
    private const int NeighboursMax = 256;

    private readonly HashSet<UInt128>[] _seen =
        [.. Enumerable.Range(0, Shards).Select(_ => new HashSet<UInt128>())];

    private readonly record struct Node(Way? Way, int Submitted);

    private sealed record Finding(Way Way, string Violation);

    /// <summary>Searches until all is seen, a law breaks, or there are enough states.</summary>
    public Search Run(long statesMax = long.MaxValue)
    {
        IsNew(SchedulerState.Initial(world.Config), 0);
        var (level, depth) = (new List<Node> { default }, 0);
        while (level.Count > 0 && States < statesMax)
        {
            var (next, finding) = Expand(level);
            if (finding is not null)
                return new Search(States, depth + 1, false, finding.Way, finding.Violation);
            (level, depth) = (next, next.Count > 0 ? depth + 1 : depth);
        }

        return new Search(States, depth, level.Count == 0);
    }

    private long States => _seen.Sum(shard => (long)shard.Count);

    private (List<Node> Next, Finding? Finding) Expand(List<Node> level)
    {
        var (next, finding) = (new List<Node>(), default(Finding));
        Parallel.ForEach(Partitioner.Create(0, level.Count, NeighboursMax), range =>
        {
            var (found, trail) = (new List<Node>(), new Trail(world.Config, step));
            for (var index = range.Item1; index < range.Item2 && finding is null; index++)
            {
                if (Follow(level[index], trail, found) is { } broken)
                    Interlocked.CompareExchange(ref finding, broken, null);
            }

            lock (next)
                next.AddRange(found);
        });
        return (next, finding);
    }

    // The new states behind a node; what is found if one of them breaks a law.
    private Finding? Follow(Node from, Trail trail, List<Node> found)
    {
        var before = trail.At(from.Way);
        foreach (var evt in world.Possible(
            before, request => (from.Submitted >> request & 1) == 1))
        {
            var (state, _) = step(world.Config, before, evt);
            var submitted = from.Submitted
                | (evt is Event.Submitted(var request) ? 1 << (int)request.Id.Value : 0);
            if ((ReferenceEquals(state, before) && submitted == from.Submitted)
                || !IsNew(state, submitted))
                continue;
            var way = new Way(evt, from.Way);
            foreach (var violation in Invariants.Check(world.Config, state))
                return new Finding(way, $"{violation.Law}: {violation.Detail}");
            found.Add(new Node(way, submitted));
        }

        return null;
    }

    private bool IsNew(SchedulerState state, int submitted)
    {
        var key = StateKey.Of(state, submitted);
        var shard = _seen[(int)(key % Shards)];
        lock (shard)
            return shard.Add(key);
    }
}
