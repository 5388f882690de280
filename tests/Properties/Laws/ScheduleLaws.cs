using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>
/// Schedule independence: what a request is answered depends on its own tokens alone, never on
/// how its steps were cut, where its blocks lay, who ran beside it, or how often it gave way.
/// </summary>
public static class ScheduleLaws
{
    private const int RequestsMax = 6;

    [Law]
    public static void The_answer_does_not_depend_on_budget_threshold_block_size_or_pool(
        Trace trace)
    {
        var roomy = new SchedulerConfig
        {
            BlocksTotal = 100,
            MaxModelLength = trace.Config.MaxModelLength,
            VocabularySize = trace.Config.VocabularySize,
            MaxSequences = Tight(trace).MaxSequences,
        };
        Assert.Equal(
            Answers(trace, roomy, Requests(trace)),
            Answers(trace, Tight(trace), Requests(trace)));
    }

    [Law]
    public static void The_answer_does_not_depend_on_the_neighbours(Trace trace) =>
        Assert.Equal(
            Requests(trace).SelectMany(each => Answers(trace, Tight(trace), [each])),
            Answers(trace, Tight(trace), Requests(trace)));

    private static ImmutableArray<Command.Submit> Requests(Trace trace) =>
        [.. trace.Workload.Commands.OfType<Command.Submit>().Take(RequestsMax)];

    // The trace's limits, and a pool that can just hold the longest request alone.
    private static SchedulerConfig Tight(Trace trace)
    {
        var longest = Requests(trace)
            .Select(each => each.PromptTokens + each.Stop.MaxTokens)
            .Append(2)
            .Max();
        return trace.Config with
        {
            BlocksTotal = BlockTable.BlocksFor(longest, trace.Config.BlockSize),
            MaxWaiting = RequestsMax,
            MaxSequences = Math.Max(
                trace.Config.MaxSequences,
                Requests(trace).Select(each => each.BestOf ?? each.Samples).Append(1).Max()),
        };
    }

    private static List<string> Answers(
        Trace trace, SchedulerConfig config, ImmutableArray<Command.Submit> submits) =>
    [
        .. History.Of(Driver.Run(new Workload(config, [.. submits]), trace.Step)).Lives
            .Select(life => $"{string.Join(' ', life.Request.Prompt)} {life.Sample}: "
                + $"{string.Join(' ', life.Tokens)} {life.Ends.FirstOrDefault()?.Reason}"),
    ];
}
