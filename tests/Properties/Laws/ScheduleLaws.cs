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

    [Law]
    public static void The_answer_does_not_depend_on_look_ahead(Trace trace) =>
        Assert.Equal(
            Answers(trace, Tight(trace) with { LookAhead = false }, Requests(trace)),
            Answers(trace, Tight(trace) with { LookAhead = true }, Requests(trace)));

    private static ImmutableArray<Command.Submit> Requests(Trace trace) =>
        [.. trace.Workload.Commands.OfType<Command.Submit>().Take(RequestsMax)];

    // The trace's limits, and a pool that can just hold the largest request alone.
    private static SchedulerConfig Tight(Trace trace)
    {
        int Most(int least, Func<Command.Submit, int> size) =>
            Requests(trace).Select(size).Append(least).Max();
        return trace.Config with
        {
            BlocksTotal = Most(
                BlockTable.BlocksFor(2, trace.Config.BlockSize),
                each => Blocks(each, trace.Config.BlockSize)),
            MaxWaiting = RequestsMax,
            MaxSequences = Most(
                trace.Config.MaxSequences,
                each => each.Beams?.Width ?? each.BestOf ?? each.Samples),
            MaxBatchedTokens = Most(
                trace.Config.MaxBatchedTokens, each => each.Beams?.Width ?? 1),
        };
    }

    // For the longest sequence; for as many beams, which share the prompt's full blocks.
    private static int Blocks(Command.Submit submit, int blockSize)
    {
        var shared = submit.Beams is null ? 0 : submit.PromptTokens / blockSize;
        var longest = BlockTable.BlocksFor(
            submit.PromptTokens + submit.Stop.MaxTokens, blockSize);
        return shared + (longest - shared) * (submit.Beams?.Width ?? 1);
    }

    private static List<string> Answers(
        Trace trace, SchedulerConfig config, ImmutableArray<Command.Submit> submits) =>
    [
        .. History.Of(Driver.Run(new Workload(config, [.. submits]), trace.Step)).Lives
            .Select(life => $"{string.Join(' ', life.Request.Prompt)} {life.Sample}: "
                + $"{string.Join(' ', life.Tokens)} {life.Ends.FirstOrDefault()?.Reason}"),
    ];
}
