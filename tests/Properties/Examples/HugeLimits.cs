using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>"No limit" is often written as the largest number there is.</summary>
public class HugeLimits
{
    [Fact]
    public void The_largest_limits_break_no_invariant()
    {
        var config = new SchedulerConfig
        {
            BlocksTotal = 8,
            MaxModelLength = int.MaxValue,
            VocabularySize = int.MaxValue,
            MaxSequences = int.MaxValue,
            MaxBatchedTokens = int.MaxValue,
            LongPrefillThreshold = int.MaxValue,
            MaxWaiting = int.MaxValue,
        };
        var request = new Request(
            new RequestId(long.MaxValue),
            [new TokenId(int.MaxValue - 1)],
            SamplingParams.Greedy,
            new StopRule());
        var state = SchedulerState.Initial(config);
        foreach (var evt in new Event[] { new Event.Submitted(request), new Event.StepWanted() })
        {
            state = Scheduler.Step(config, state, evt).State;
            Assert.Empty(Invariants.Check(config, state));
        }

        Assert.Equal(1, state.InFlight?.TokensTotal);
    }
}
