using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties;

public class SmokeTests
{
    [Theory]
    [InlineData(1, 40), InlineData(4, 12), InlineData(16, 3)]
    public void Requests_finish_under_pressure(int blockSize, int blocks)
    {
        var config = new SchedulerConfig
        {
            BlockSize = blockSize, BlocksTotal = blocks, MaxModelLength = 100, VocabularySize = 1000,
            MaxBatchedTokens = 8, MaxSequences = 4,
        };
        var state = SchedulerState.Initial(config);
        var finished = new List<(RequestId, FinishReason, Usage)>();
        StepPlan? plan = null;
        void Feed(Event e)
        {
            var (next, decisions) = Scheduler.Step(config, state, e);
            state = next;
            Assert.Empty(Invariants.Check(config, state));
            foreach (var d in decisions)
            {
                if (d is Decision.RunStep run) plan = run.Plan;
                if (d is Decision.Finish f) finished.Add((f.Id, f.Reason, f.Usage));
                Assert.False(d is Decision.Reject, d.ToString());
            }
        }
        for (var i = 0; i < 10; i++)
            Feed(new Event.Submitted(new Request(new RequestId(i),
                [.. Enumerable.Range(0, 5 + i).Select(t => new TokenId(t))],
                SamplingParams.Greedy, new StopRule { MaxTokens = 20 })));
        for (var s = 0; s < 2000 && finished.Count < 10; s++)
        {
            Feed(new Event.StepWanted());
            Assert.NotNull(plan);
            var n = plan.SamplesTotal;
            Feed(new Event.StepCompleted(new StepResult(plan.Id,
                [.. Enumerable.Range(0, n).Select(_ => new SampledToken(new TokenId(7)))])));
        }
        Assert.Equal(10, finished.Count);
        Assert.Equal(blocks, state.Blocks.FreeCount);
        Assert.True(state.Stats.Preemptions > 0);
    }
}
