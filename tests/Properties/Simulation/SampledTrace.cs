using System.Collections.Immutable;
using System.Reflection;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Simulation;

/// <summary>
/// A short stretch of a long run, as a trace of which every law is asked: from where nothing is
/// unfinished to where nothing is any more.
/// </summary>
/// <param name="Commands">What happens in it.</param>
public sealed record SampledTrace(ImmutableArray<Command> Commands)
{
    private const int CommandsTotal = 40;

    private static readonly ImmutableArray<MethodInfo> s_all =
        [.. LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>())];

    // The executor and the naive engine begin with empty memories, so theirs are of traces from
    // the very first state. What rows read back is checked at every event of the run besides.
    private static readonly ImmutableArray<MethodInfo> s_fromAnywhere =
    [
        .. s_all.Where(law => law.Name is not (
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence)
            or nameof(ModelLaws.The_naive_engine_makes_the_same_decisions))),
    ];

    /// <summary>The commands of a stream behind the <paramref name="n"/>th.</summary>
    public static SampledTrace Behind(CommandStream stream, int n) =>
        new([.. Enumerable.Range(n + 1, CommandsTotal).Select(next => stream[next])]);

    /// <summary>
    /// What breaks first where a scheduler comes from <paramref name="state"/> to rest and goes on
    /// with these commands; null = nothing does. Where it is a new one, of all laws.
    /// </summary>
    /// <param name="config">The limits.</param>
    /// <param name="step">The scheduler.</param>
    /// <param name="state">Any that it can be in.</param>
    /// <param name="events">Those that led there.</param>
    /// <param name="only">The one law to ask; null = every.</param>
    public BrokenTrace? Broken(
        SchedulerConfig config,
        StepFunction step,
        SchedulerState state,
        int events,
        MethodInfo? only = null)
    {
        Trace? trace = null;
        if (Breaking.Of(() => (trace = Played(config, step, state, events)) is null ? "" : null)
            is { } thrown)
            return new BrokenTrace(null, thrown);
        return (only is { } law ? [law] : events == 0 ? s_all : s_fromAnywhere)
            .Select(each => Broken(each, trace!))
            .FirstOrDefault(broken => broken is not null);
    }

    private Trace Played(
        SchedulerConfig config, StepFunction step, SchedulerState state, int events)
    {
        var rest = Driver.Play(new(config, []), step, state, events).ToList();
        var first = rest is [.., var last] ? last.After : state;
        first = first with { Stats = new SchedulerStats() };
        var workload = new Workload(config, Commands);
        return new Trace(
            workload, step, [.. Driver.Play(workload, step, first, events + rest.Count)])
        {
            First = first,
        };
    }

    private static BrokenTrace? Broken(MethodInfo law, Trace trace) =>
        Breaking.Of(() =>
        {
            LawBook.Check(law, trace);
            return null;
        }) is { } broken
            ? new BrokenTrace(law, $"{law.Name}: {broken}")
            : null;
}

/// <summary>What broke in a sampled trace.</summary>
/// <param name="Law">The law; null = the scheduler threw.</param>
/// <param name="What">How.</param>
public sealed record BrokenTrace(MethodInfo? Law, string What);
