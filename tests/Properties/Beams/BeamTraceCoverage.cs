using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Beams;

/// <summary>What makes beams hard to schedule occurs in a stated share of the traces.</summary>
public class BeamTraceCoverage(ITestOutputHelper output)
{
    private const int Traces = 500;

    private static readonly Lazy<IReadOnlyList<Trace>> s_traces = new(() =>
    [
        .. Enumerable.Range(0, Traces).Select(index => Driver.Run(BeamWorkloads.Any
            .Resize(1 + index * 100 / Traces)
            .Sample(1, new Rnd(4 + (ulong)index), 1 + index * 100 / Traces)[0])),
    ]);

    private static readonly Dictionary<string, (double ShareMin, Func<Transition, bool> Occurs)>
        s_cases = new()
        {
            ["a search is over"] = (0.5, step => step.Outcome() == StepOutcome.Completed
                && step.Decisions.OfType<Decision.Finish>()
                    .Any(end => Beams(step.Before).Any(beam => beam.Request.Id == end.Id))),
            ["a beam forks"] = (0.3, step => Groups(step.After).Any(beams =>
                beams.CountBy(beam => beam.Blocks).Any(holders => holders.Value > 1))),
            ["a beam dies and frees a block"] = (0.2, step =>
                SearchCases.All["a beam dies and frees a block"].Occurs(step)),
            ["beams copy a block"] = (0.2, step => step.Planned is { Copies.IsEmpty: false } plan
                && Beams(step.Before).Any(beam => plan.Sequences.Contains(beam.Id))),
            ["beams are missing"] = (0.05, step =>
                Beams(step.After).Any(beam => beam.OutputTokens > 0 && beam.Width > 1)),
            ["missing beams come back"] = (0.03, step => Groups(step.After).Any(beams =>
                beams.First().Beams!.Living is var living
                && Beams(step.Before).Any(before => before.Request == beams.First().Request
                    && before.Beams?.Living < living))),
            ["a search begins again"] = (0.1, step =>
                step.Preempted.Any(step.BeginsAgain)),
            ["beams are swapped out"] = (0.05, step => step.After.Waiting.Values.Any(beam =>
                beam is { Beams: not null, IsSwapped: true }
                && step.Before.Running.Any(before => before.Id == beam.Id))),
            ["beams come back"] = (0.04, step => step.Before.Waiting.Values.Any(beam =>
                beam is { Beams: not null, IsSwapped: true }
                && step.After.Running.Any(after => after.Id == beam.Id))),
            ["beams wait for the budget"] = (0.03, step =>
                SearchCases.All["beams are held back"].Occurs(step)),
            ["beams are cancelled"] = (0.05, step => step.Event is Event.Cancelled(var id, _)
                && step.Before.Unfinished().Any(beam =>
                    beam.Beams is not null && beam.Request.Id == id)
                && step.After.Unfinished().All(beam => beam.Request.Id != id)),
            ["a sample of a search cannot be cancelled"] = (0.05, step =>
                step is
                {
                    Event: Event.Cancelled { Sample: not null } cancelled,
                    Decisions.IsEmpty: true
                }
                && Beams(step.Before).Any(beam => beam.Request.Id == cancelled.Id)),
            ["beams fail"] = (0.05, step => step.Outcome() == StepOutcome.Failed
                && Beams(step.Before).Any(beam => beam.OutputTokens > 0
                    && step.After.Unfinished().All(other => other.Id != beam.Id))),
            ["a search ends for want of blocks"] = (0.05, step =>
                step.Decisions.OfType<Decision.Finish>().Any(end =>
                    end.Reason == FinishReason.Length
                    && Beams(step.Before).FirstOrDefault(beam => beam.Request.Id == end.Id)
                        is { } beam
                    && end.Usage.OutputTokens < beam.Request.Stop.MaxTokens
                    && beam.Tokens.Count + 1 < step.Config.MaxModelLength)),
            ["a prompt is too long for its beams"] = (0.05, step =>
                step.Event is Event.Submitted({ Beams: not null } request)
                && request.Prompt.Length < step.Config.MaxServableLength
                && step.Decisions.OfType<Decision.Reject>()
                    .Any(reject => reject.Why is Rejection.PromptExceedsPool)),
            ["too many beams"] = (0.05, step =>
                step.Decisions.OfType<Decision.Reject>().Any(reject =>
                    reject.Why is Rejection.ParametersInvalid invalid
                    && invalid.Errors.Any(error => error.Name == "beam_width"))),
        };

    public static IEnumerable<object[]> Cases =>
        s_cases.Select(each => new object[] { each.Key, each.Value.ShareMin });

    [Theory, MemberData(nameof(Cases))]
    public void Generated_traces_meet(string hard, double shareMin)
    {
        var share = s_traces.Value.Count(trace => trace.Items.Any(s_cases[hard].Occurs))
            / (double)Traces;
        output.WriteLine($"{hard}: in {share:P0} of traces, at least {shareMin:P0}");
        Assert.InRange(share, shareMin, 1);
    }

    private static IEnumerable<Sequence> Beams(SchedulerState state) =>
        state.Running.Where(sequence => sequence.Request.Beams is not null);

    private static IEnumerable<IGrouping<RequestId, Sequence>> Groups(SchedulerState state) =>
        Beams(state).Where(beam => beam.Beams is not null).GroupBy(beam => beam.Request.Id);
}
