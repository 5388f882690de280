using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Min tokens counts tokens before the first that may be an end token.</summary>
public class MinTokens
{
    private static readonly TokenId s_end = new(2);

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(1, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(3, 3, false)]
    public void End_tokens_are_forbidden_while_fewer_are_drawn(
        int minTokens, int drawn, bool forbidden)
    {
        var config = new SchedulerConfig
        {
            BlocksTotal = 8,
            MaxModelLength = 64,
            VocabularySize = 8,
        };
        var stop = new StopRule { MinTokens = minTokens, EndTokens = [s_end] };
        var request = new Request(new RequestId(0), [new TokenId(1)], SamplingParams.Greedy, stop);
        var state = SchedulerState.Initial(config);
        state = Scheduler.Step(config, state, new Event.Submitted(request)).State;
        for (var i = 0; i <= drawn; i++)
        {
            state = Scheduler.Step(config, state, new Event.StepWanted()).State;
            if (i < drawn)
                state = Scheduler.Step(config, state, Answer(state.InFlight!)).State;
        }

        Assert.Equal(forbidden ? [s_end] : [], state.InFlight!.Forbidden[0].ToArray());
    }

    [Theory]
    [InlineData(0, 1, FinishReason.Stop)]
    [InlineData(1, 1, null)]
    [InlineData(1, 2, FinishReason.Stop)]
    public void An_end_token_ends_a_sequence_only_behind_the_first_min_tokens(
        int minTokens, int outputTokens, FinishReason? expected)
    {
        var stop = new StopRule { MinTokens = minTokens, EndTokens = [s_end] };
        Assert.Equal(expected, stop.Check(s_end, outputTokens, totalTokens: 9, lengthMax: 64));
    }

    private static Event.StepCompleted Answer(StepPlan plan)
    {
        ImmutableArray<SampledToken> samples = [new SampledToken(new TokenId(7))];
        return new Event.StepCompleted(new StepResult(plan.Id, samples));
    }
}
