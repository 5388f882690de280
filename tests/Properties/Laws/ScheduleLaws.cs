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
    [Law]
    public static void The_answer_does_not_depend_on_the_budget_the_threshold_or_the_pool(
        Workload workload, Workload other)
    {
        var requests = workload.Commands.OfType<Command.Submit>().Take(6).ToImmutableArray();
        var roomy = workload.Config with { BlocksTotal = 1000, BlockSize = 16, MaxWaiting = 100 };
        var tight = Tight(other.Config, workload.Config, requests);
        Assert.Equal(Answers(roomy, requests), Answers(tight, requests));
    }

    [Law]
    public static void The_answer_does_not_depend_on_the_neighbours(Workload workload)
    {
        var submits = workload.Commands.OfType<Command.Submit>().Take(6).ToImmutableArray();
        var config = workload.Config with { MaxWaiting = 100 };
        Assert.Equal(
            submits.SelectMany(submit => Answers(config, [submit])), Answers(config, submits));
    }

    // Another cut of the work; the same model length, and a pool that can hold each request alone.
    private static SchedulerConfig Tight(
        SchedulerConfig other, SchedulerConfig config, ImmutableArray<Command.Submit> requests)
    {
        var longest = requests
            .Select(each => each.PromptTokens + each.Stop.MaxTokens)
            .Append(2)
            .Max();
        return other with
        {
            MaxModelLength = config.MaxModelLength,
            BlocksTotal = BlockTable.BlocksFor(longest, other.BlockSize),
            MaxWaiting = 100,
        };
    }

    private static List<string> Answers(
        SchedulerConfig config, ImmutableArray<Command.Submit> submits) =>
    [
        .. History.Of(Driver.Run(new Workload(config, [.. submits]))).Lives.Select(life =>
            $"{string.Join(' ', life.Request.Prompt)}: {string.Join(' ', life.Tokens)} "
            + $"{life.Ends.Single().Reason}"),
    ];
}
