using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties;

/// <summary>
/// Laws over traces in which nothing happens hold of anything. So each case that makes
/// scheduling hard must occur in a stated share of the generated traces.
/// </summary>
public class Coverage(ITestOutputHelper output)
{
    private const int Traces = 500;
    private const double TogetherMin = 0.004;

    private static readonly string[] s_together =
    [
        "blocks move to the host", "a block is copied before a write",
        "a prefix is found in the cache", "a search begins", "a step is planned ahead",
        "cancelled in flight",
    ];

    private static readonly Lazy<IReadOnlyList<Trace>> s_traces =
        new(() => [.. Samples.Of(Traces, seed: 1).Select(Driver.Run)]);

    /// <summary>Each case, the least share of traces with it, and how to tell.</summary>
    public static IEnumerable<object[]> Cases =>
        s_cases.Concat(PolicyCases.All).Concat(SearchCases.All)
            .Select(each => new object[] { each.Key, each.Value.ShareMin });

    private static readonly Dictionary<string, (double ShareMin, Func<Transition, bool> Occurs)>
        s_cases = new()
        {
            ["a request is accepted"] = (0.8, Accepted),
            ["preemption"] = (0.25, step => !step.Preempted.IsEmpty),
            ["several victims in one step"] = (0.008, step => step.Preempted.Length > 1),
            ["self-preemption"] = (0.06, SelfPreempted),
            ["preemption in the middle of a prompt"] =
                (0.05, step => step.Preempted.Any(victim => victim.OutputTokens == 0)),
            ["resumed after preemption"] =
                (0.25, step => step.Admitted.Any(sequence => sequence.Preemptions > 0)),
            ["preempted more than once"] =
                (0.04, step => step.Preempted.Any(victim => victim.Preemptions > 0)),
            ["chunked prefill"] = (0.4, step => Rows(step).Any(row => row.Tokens < row.Pending)),
            ["prefill and decode in one step"] =
                (0.3, step => Rows(step).Any(row => row.Tokens > 1)
                    && Rows(step).Any(row => row is { Pending: 1, Drawn: > 0 })),
            ["the budget is used up"] =
                (0.4, step => step.Planned?.TokensTotal == step.Config.MaxBatchedTokens),
            ["the sequence limit is reached"] =
                (0.25, step => Width(step) == step.Config.MaxSequences),
            ["the pool is exhausted"] =
                (0.2, step => step.Planned is not null && step.After.Blocks.FreeCount == 0),
            ["refused by the watermark alone"] = (0.1, step => Refused(step, watermark: true)),
            ["refused for want of blocks"] = (0.2, step => Refused(step, watermark: false)),
            ["a prefix is found in the cache"] =
                (0.2, step => step.Admitted.Any(newcomer => newcomer.ComputedTokens > 0)),
            ["a prefix of somebody who runs is shared"] =
                (0.1, step => step.Admitted.Any(newcomer => newcomer.Blocks.Blocks.ToArray()
                    .Any(block => step.After.Blocks.ReferenceCount(block) > 1))),
            ["a prefix is found after preemption"] =
                (0.1, step => step.Admitted.Any(newcomer =>
                    newcomer is { ComputedTokens: > 0, Preemptions: > 0 })),
            ["a cached block is evicted"] = (0.2, step =>
                step.After.Stats.Evictions > step.Before.Stats.Evictions),
            ["a follower waits for its leader"] = (0.1, Follows),
            ["a prefix of another salt is not found"] = (0.03, OtherSalt),
            ["a request forks into its samples"] = (0.5, step => step.Forked.Any()),
            ["a block is copied before a write"] =
                (0.25, step => step.Planned?.Copies.IsEmpty == false),
            ["samples share full blocks only"] = (0.1, step =>
                step.Forked.Any(sample => step.Unfilled(sample) is null)),
            ["a request with several samples gives way"] = (0.05, step => step.Preempted
                .GroupBy(victim => victim.Request.Id)
                .Any(victims => victims.Count() > 1
                    && step.After.Running.All(each => each.Request.Id != victims.Key))),
            ["the samples of a request take turns"] = (0.03, step => step.Preempted.Any(victim =>
                step.After.Running.Any(each => each.Request.Id == victim.Request.Id))),
            ["the budget ends among samples"] = (0.05, step => step.Planned is { } plan
                && plan.Rows < step.After.Running.Length),
            ["samples are ranked"] =
                (0.1, step => step.Decisions.OfType<Decision.Choose>().Any()),
            ["a sample is cancelled alone"] = (0.05, step =>
                step.Event is Event.Cancelled { Sample: not null } && !step.Decisions.IsEmpty),
            ["a sample that has not begun is cancelled"] = (0.02, step =>
                step.Event is Event.Cancelled { Sample: not null } && step.Decisions.IsEmpty),
            ["blocks move to the host"] =
                (0.1, step => step.Planned?.SwapOuts.IsEmpty == false),
            ["blocks come back from the host"] = (0.1, step => !step.Returned.IsEmpty),
            ["samples move to the host together"] = (0.02, step => step.Preempted
                .Where(victim => step.Waits(victim).IsSwapped)
                .GroupBy(victim => victim.Request.Id)
                .Any(victims => victims.Count() > 1)),
            ["a shared block moves once"] = (0.01, step => step.After.Waiting.Values
                .SelectMany(each => each.HostBlocks.Blocks.ToArray())
                .CountBy(block => block)
                .Any(holders => holders.Value > 1)),
            ["the host has no room"] = (0.02, step =>
                step is { Config.PreemptionMode: PreemptionMode.Swap, Config.HostBlocksTotal: > 0 }
                && step.Preempted.Any(victim => !step.Waits(victim).IsSwapped)),
            ["computing again costs less than swapping"] = (0.01, step =>
                step.Config.PreemptionMode == PreemptionMode.Auto
                && step.Preempted is [var victim, ..]
                && step.Before.HostBlocks.FreeCount >= step.Preempted
                    .Where(each => each.Request.Id == victim.Request.Id)
                    .Sum(each => each.Blocks.Count)
                && !step.Waits(victim).IsSwapped),
            ["a step fails that moves blocks to the host"] = (0.002, step =>
                step.Event is Event.StepFailed && step.Outcome() == StepOutcome.Failed
                && step.Before.InFlight?.SwapOuts.IsEmpty == false),
            ["cancelled while swapped out"] = (0.005, step => step.Event is Event.Cancelled
                && step.Ended.Any(sequence => sequence.IsSwapped)),
            ["cancelled while waiting"] =
                (0.2, step => CancelledIn(step, step.Before.Waiting.Values)),
            ["cancelled while running"] = (0.2, step => CancelledIn(step, step.Before.Running)),
            ["cancelled in flight"] = (0.12, step => CancelledIn(step, step.Before.Running.Where(
                sequence => step.Before.TokensInFlight(sequence.Id) > 0))),
            ["all in flight were cancelled"] = (0.05, step => step.Event is Event.StepCompleted
                && step.Before.InFlight is { } plan
                && !step.Before.Running.Any(each => plan.Sequences.Contains(each.Id))),
            ["an unknown id is cancelled"] =
                (0.2, step => step is { Event: Event.Cancelled, Decisions.IsEmpty: true }),
            ["a step fails"] = (0.15, step => step.Event is Event.StepFailed
                && step.Outcome() == StepOutcome.Failed),
            ["a result of the wrong size"] =
                (0.1, step => step.Event is Event.StepCompleted
                    && Finishes(step, FinishReason.Error)),
            ["a stale answer"] = (0.2, step => step.Event is Event.StepCompleted or Event.StepFailed
                && ReferenceEquals(step.Before, step.After)),
            ["wanted in flight"] =
                (0.12, step => step is { Event: Event.StepWanted, Before.InFlight: not null }),
            ["end by stop"] = (0.2, step => step.Event is Event.StepCompleted
                && Finishes(step, FinishReason.Stop)),
            ["end by the request's own length"] = (0.4, step => EndsAtLength(
                step, sequence => 1 + sequence.OutputTokens == sequence.Request.Stop.MaxTokens)),
            ["end by the model's length"] = (0.05, step => EndsAtLength(
                step, sequence => 1 + sequence.Tokens.Count == step.Config.MaxModelLength)),
            ["end by the pool's length"] = (0.05, step => EndsAtLength(
                step, sequence => 1 + sequence.Tokens.Count
                    == step.Config.BlocksTotal * step.Config.BlockSize)),
            ["end tokens are forbidden"] =
                (0.1, step => step.Planned?.Forbidden.Any(tokens => !tokens.IsEmpty) ?? false),
            ["a step is planned ahead"] =
                (0.2, step => step.IsAhead() && step.Planned is not null),
            ["a stop takes effect late and the surplus is dropped"] = (0.03, step =>
                step.Outcome() == StepOutcome.Completed
                && Finishes(step, FinishReason.Stop)
                && step.Ended.Any(each => step.Before.Ahead?.Sequences.Contains(each.Id) == true)),
            ["cancelled with two steps in flight"] = (0.015, step =>
                step is { Event: Event.Cancelled, Before.Ahead: { } plan }
                && step.Ended.Any(each => plan.Sequences.Contains(each.Id))),
            ["a step fails with one ahead"] = (0.05, step =>
                step.Outcome() == StepOutcome.Failed
                && step.Ended.Any(each => step.Before.Ahead?.Sequences.Contains(each.Id) == true)),
            ["the second step is answered before the first"] = (0.02, step =>
                step.Before.Ahead is { } second
                && ((step.Event is Event.StepFailed(var failed, _) && failed == second.Id)
                    || (step.Event is Event.StepCompleted(var result)
                        && result.Step == second.Id))),
            ["a newcomer is admitted ahead"] =
                (0.1, step => step.IsAhead() && !step.Admitted.IsEmpty),
            ["somebody comes back from the host ahead"] =
                (0.002, step => step.IsAhead() && !step.Returned.IsEmpty),
            ["a block is copied ahead"] =
                (0.01, step => step.IsAhead() && step.Planned?.Copies.IsEmpty == false),
            ["blocks lack for a step ahead"] = (0.05, step =>
                step.IsAhead() && step.Planned is null
                && !step.Before.Running.All(step.SitsOut)),
            ["nobody goes on for sure"] = (0.1, step =>
                step.IsAhead() && step.Planned is null && step.Before.Running.All(step.SitsOut)),
            ["rejected: prompt empty"] = (0.1, Rejected<Rejection.PromptEmpty>),
            ["rejected: beyond the model"] = (0.1, Rejected<Rejection.PromptTooLong>),
            ["rejected: beyond the pool"] = (0.1, Rejected<Rejection.PromptExceedsPool>),
            ["rejected: outside the vocabulary"] =
                (0.1, Rejected<Rejection.TokenOutsideVocabulary>),
            ["rejected: parameters"] = (0.05, Rejected<Rejection.ParametersInvalid>),
            ["rejected: a priority that nobody asked for"] =
                (0.03, step => step.Decisions.OfType<Decision.Reject>().Any(reject =>
                    reject.Why is Rejection.ParametersInvalid([{ Name: "priority" }]))),
            ["rejected: queue full"] = (0.05, Rejected<Rejection.QueueFull>),
            ["rejected: id in use"] = (0.02, Rejected<Rejection.DuplicateId>),
            ["an id is used again"] = (0.1, step => Accepted(step)
                && ((Event.Submitted)step.Event).Request.Id.Value < step.Index),
        };

    [Theory, MemberData(nameof(Cases))]
    public void Generated_traces_meet(string hard, double shareMin)
    {
        var occurs = s_cases.Concat(PolicyCases.All).Concat(SearchCases.All)
            .Single(each => each.Key == hard).Value.Occurs;
        var share = s_traces.Value.Count(trace => trace.Items.Any(occurs)) / (double)Traces;
        output.WriteLine($"{hard}: in {share:P0} of traces, at least {shareMin:P0}");
        Assert.InRange(share, shareMin, 1);
    }

    // What one of them does with a block must be right beside what each of the others does; in
    // Memory/TogetherTests they meet far more often.
    [Fact]
    public void Generated_traces_meet_all_that_is_done_with_blocks_at_once()
    {
        var met = s_together
            .Select(each => s_cases.Concat(SearchCases.All).Single(hard => hard.Key == each))
            .Select(each => s_traces.Value.Select(trace => trace.Items.Any(each.Value.Occurs)))
            .Aggregate((one, other) => one.Zip(other, (a, b) => a && b));
        var share = met.Count(all => all) / (double)Traces;
        output.WriteLine($"{string.Join(", ", s_together)}: in {share:P1} of traces");
        Assert.InRange(share, TogetherMin, 1);
    }

    private static int Width(Transition step) =>
        step.After.Running.Sum(sequence => sequence.Width);

    private static bool Accepted(Transition step) =>
        step.Event is Event.Submitted && !step.Decisions.OfType<Decision.Reject>().Any();

    private static bool Rejected<T>(Transition step)
        where T : Rejection =>
        step.Decisions.OfType<Decision.Reject>().Any(rejected => rejected.Why is T);

    // Nobody else gave way, and there was nobody behind it.
    private static bool SelfPreempted(Transition step) =>
        step.Preempted is [var victim]
        && step.Planned!.Rows == step.Before.Running.Length - 1
        && step.After.Running.All(after => after.Blocks.Count
            == step.Before.Running.Single(before => before.Id == after.Id).Blocks.Count);

    private static bool Refused(Transition step, bool watermark)
    {
        if (step.Planned is not { Preempted.IsEmpty: true } plan
            || plan.TokensTotal == step.Config.MaxBatchedTokens
            || Order.Next(step.Config, step.After) is not { } next)
            return false;
        var first = Shared.With(step, next);
        return Width(step) + first.Width <= step.Config.MaxSequences
            && !Shared.IsDue(step, first)
            && watermark
            == (step.WholeBlocks([.. step.After.Running, first]) <= step.Config.BlocksTotal);
    }

    private static bool Follows(Transition step) =>
        step.Planned is { Preempted.IsEmpty: true } plan
        && plan.TokensTotal < step.Config.MaxBatchedTokens
        && Order.Next(step.Config, step.After) is { } next
        && Width(step) + next.Width <= step.Config.MaxSequences
        && Shared.IsDue(step, Shared.With(step, next));

    private static bool OtherSalt(Transition step) =>
        step.Admitted.Any(newcomer => Enumerable.Range(0, step.Config.BlocksTotal)
            .Select(id => step.Before.Blocks.Content(new BlockId(id)))
            .Any(content => content is { Depth: 1 }
                && content.Salt != newcomer.Request.CacheSalt
                && step.Config.BlockSize < newcomer.Tokens.Count
                && content.Tokens.AsSpan().SequenceEqual(
                    newcomer.Tokens.Span[..step.Config.BlockSize])));

    private static bool CancelledIn(Transition step, IEnumerable<Sequence> sequences) =>
        step.Event is Event.Cancelled(var id, _) && sequences.Any(each => each.Request.Id == id);

    private static bool Finishes(Transition step, FinishReason reason) =>
        step.Decisions.OfType<Decision.Finish>().Any(end => end.Reason == reason);

    private static bool EndsAtLength(Transition step, Func<Sequence, bool> limit) =>
        step.Event is Event.StepCompleted
        && step.Decisions.OfType<Decision.Finish>()
            .Where(end => end.Reason == FinishReason.Length)
            .SelectMany(end => step.Ended.Where(each => each.Request.Id == end.Id))
            .Any(limit);

    private static IEnumerable<(int Tokens, int Pending, int Drawn)> Rows(Transition step) =>
        step.Planned is { } plan
            ? Enumerable.Range(0, plan.Rows).Select(row => (
                plan.TokenCounts[row],
                plan.TokenLogs[row].Count - plan.FirstPositions[row],
                plan.TokenLogs[row].Count - plan.PromptCounts[row]))
            : [];
}
