using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Who was swapped out waits for a place among those running too.</summary>
public class SwappedSequencesWait
{
    private const int Places = 2;

    private static readonly SchedulerConfig s_config = new()
    {
        BlocksTotal = 12,
        BlockSize = 1,
        HostBlocksTotal = 12,
        MaxModelLength = 32,
        MaxSequences = Places,
        VocabularySize = Configs.Vocabulary,
        Watermark = 0,
        Policy = SchedulingPolicy.Priority,
        PreemptionMode = PreemptionMode.Swap,
    };

    // The first gives way to the second. When that ends, the two urgent ones take both places.
    [Fact]
    public void One_does_not_come_back_while_all_places_are_taken_though_its_blocks_would_fit()
    {
        var trace = Driver.Run(new Workload(s_config,
        [
            Request(prompt: 4, tokens: 8, priority: 5),
            Request(prompt: 4, tokens: 4, priority: 1),
            new Command.Advance(),
            Request(prompt: 1, tokens: 4, priority: 1),
            Request(prompt: 1, tokens: 4, priority: 1),
        ]));
        Assert.All(trace.Items, each => Assert.InRange(each.After.Running.Length, 0, Places));
        Assert.Contains(trace.Items, each => each.Planned?.Rows == Places
            && each.After.Waiting.Values.Any(waits =>
                waits.IsSwapped && waits.HostBlocks.Count < each.After.Blocks.FreeCount));
        Assert.Contains(trace.Items, each => each.Returned.Length == 1);
        Assert.Empty(trace.Last.Unfinished());
    }

    private static Command.Submit Request(int prompt, int tokens, int priority) =>
        new(prompt, new Ending(tokens, 0, 0), Text: prompt + tokens) { Priority = priority };
}
