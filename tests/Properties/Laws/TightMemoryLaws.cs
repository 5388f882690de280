using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>
/// Groups of samples in pools that hold few of them, where whoever gives way moves to the host:
/// whether one fits is decided by a single block, row or token of the budget, again and again.
/// Generated workloads as such come to that too seldom.
/// </summary>
public static class TightMemoryLaws
{
    private const int Traces = 300;
    private const ulong Seed = 7000;

    [Fact]
    public static void What_just_fits_is_taken_and_what_just_does_not_waits()
    {
        var swaps = 0L;
        foreach (var workload in Samples.Of(Traces, Seed).Select(Tight))
        {
            var trace = Driver.Run(workload);
            ModelLaws.The_naive_engine_makes_the_same_decisions(trace);
            MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence(trace);
            ValueLaws.The_statistics_are_what_a_recount_gives(trace);
            swaps += trace.Last.Stats.BlocksSwappedIn;
        }

        Assert.True(swaps > 5 * Traces, $"{swaps} blocks came back");
    }

    private static Workload Tight(Workload workload, int index) =>
        workload with
        {
            Config = workload.Config with
            {
                MaxSequences = 3 + index % 3,
                MaxBatchedTokens = 2 + index % 7,
                HostBlocksTotal = index % 3 == 0 ? 3 + index % 11 : 64,
                MaxModelLength = 64,
                PreemptionMode = index % 4 == 3 ? PreemptionMode.Auto : PreemptionMode.Swap,
                Watermark = index % 2 == 0 ? 0 : workload.Config.Watermark,
            },
            Commands =
            [
                .. workload.Commands.Select((command, place) =>
                    command is Command.Submit submit
                        ? submit with { Samples = 1 + (place + index) % 3, BestOf = null }
                        : command),
            ],
        };
}
