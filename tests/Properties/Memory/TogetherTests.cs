using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Model;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Memory;

/// <summary>
/// Memory refinement under all capabilities at once: what one does with a block must be right
/// beside what each of the others does with it, in the same history.
/// </summary>
public class TogetherTests(ITestOutputHelper output)
{
    private const int Traces = 200;
    private const double ShareMin = 0.3;

    private static readonly Lazy<IReadOnlyList<Trace>> s_traces = new(() =>
    [
        .. Enumerable.Range(0, Traces).Select(index => Driver.Run(
            Together.Any.Sample(1, new Rnd(70 + (ulong)index), 50)[0])),
    ]);

    private static readonly Dictionary<string, Func<Transition, bool>> s_all = new()
    {
        ["blocks move to the host"] = step => step.Planned?.SwapOuts.IsEmpty == false,
        ["blocks come back"] = step => !step.Returned.IsEmpty,
        ["a block is copied before a write"] = step => step.Planned?.Copies.IsEmpty == false,
        ["a prefix is found in the cache"] =
            step => step.Admitted.Any(newcomer => newcomer.ComputedTokens > 0),
        ["a beam forks"] = step => step.After.Running
            .Where(each => each.IsBeam())
            .GroupBy(each => each.Blocks)
            .Any(heirs => heirs.Count() > 1),
        ["a step is planned ahead"] = step => step.IsAhead() && step.Planned is not null,
        ["cancelled in flight"] = step => step.Event is Event.Cancelled
            && step.Ended.Any(each => step.Before.TokensInFlight(each.Id) > 0),
    };

    [Fact]
    public void Every_row_reads_back_exactly_the_tokens_of_its_sequence() =>
        Assert.All(
            s_traces.Value, MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence);

    [Fact]
    public void The_naive_engine_makes_the_same_decisions() =>
        Assert.All(s_traces.Value, ModelLaws.The_naive_engine_makes_the_same_decisions);

    [Fact]
    public void The_invariants_hold_after_every_event() =>
        Assert.All(s_traces.Value, trace =>
            ValueLaws.The_invariants_hold_after_every_event(trace.Transitions));

    [Fact]
    public void All_of_it_meets_in_one_history()
    {
        foreach (var (what, occurs) in s_all)
            output.WriteLine($"{what}: in {Share([occurs]):P0} of traces");
        var share = Share([.. s_all.Values]);
        output.WriteLine($"All: in {share:P0} of traces, at least {ShareMin:P0}");
        Assert.InRange(share, ShareMin, 1);
    }

    private static double Share(IReadOnlyList<Func<Transition, bool>> all) =>
        s_traces.Value.Count(trace => all.All(each => trace.Items.Any(each))) / (double)Traces;
}
