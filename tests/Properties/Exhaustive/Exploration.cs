using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Exhaustive;

/// <summary>
/// Breadth first through everything that can happen: from each situation every possible event,
/// until no new situation comes. Situations are values, so the visited are a set.
/// </summary>
/// <param name="Edges">Every transition, once.</param>
/// <param name="Situations">How many situations there are.</param>
public sealed record Exploration(IReadOnlyList<Edge> Edges, int Situations)
{
    public static Exploration Of(World world, StepFunction step)
    {
        var first = new Situation(SchedulerState.Initial(world.Config), 0);
        var (visited, queue) = (new HashSet<string> { first.Key }, new Queue<Situation>([first]));
        var edges = new List<Edge>();
        while (queue.TryDequeue(out var from))
        {
            foreach (var evt in world.Possible(from.State, from.IsSubmitted))
            {
                var (state, decisions) = step(world.Config, from.State, evt);
                var to = new Situation(state, from.Submitted | Bit(evt));
                edges.Add(new Edge(
                    from.Key,
                    to.Key,
                    new Transition(edges.Count, world.Config, from.State, evt, decisions, state)));
                if (visited.Add(to.Key))
                    queue.Enqueue(to);
            }
        }

        return new Exploration(edges, visited.Count);
    }

    private static int Bit(Event evt) =>
        evt is Event.Submitted(var request) ? 1 << (int)request.Id.Value : 0;

    // Two states in the same situation have the same futures: counters decide nothing.
    private sealed record Situation(SchedulerState State, int Submitted)
    {
        public string Key { get; } = $"{Submitted} {Show.Situation(State)}";

        public bool IsSubmitted(int request) => (Submitted >> request & 1) == 1;
    }
}

/// <summary>A transition between two situations.</summary>
public sealed record Edge(string From, string To, Transition Transition)
{
    /// <summary>Whether only the executor acted: wanted a step, or ran one.</summary>
    public bool IsProgress =>
        Transition.Event is Event.StepWanted or Event.StepCompleted && From != To;
}
