using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Of more samples than the caller gets the best are chosen.</summary>
public class RankedSamples
{
    private static readonly SchedulerConfig s_config = new()
    {
        BlocksTotal = 16,
        MaxModelLength = 32,
        VocabularySize = 8,
    };

    private static readonly Request s_request = new(
        new RequestId(0), [new TokenId(1)], SamplingParams.Greedy, new StopRule { MaxTokens = 2 })
    {
        Samples = 1,
        BestOf = 2,
    };

    // By its tokens so far the first would be the better one.
    [Fact]
    public void One_that_was_given_up_stands_behind_all_that_ended_by_themselves()
    {
        var state = SchedulerState.Initial(s_config);
        Step(ref state, new Event.Submitted(s_request));
        Step(ref state, new Event.StepWanted());
        Step(ref state, Answer(state, -0.1f, -5));
        Step(ref state, new Event.Cancelled(s_request.Id, FinishReason.Abort) { Sample = 0 });
        Step(ref state, new Event.StepWanted());
        var decisions = Step(ref state, Answer(state, -5));
        Assert.Equal([1], decisions.OfType<Decision.Choose>().Single().Samples.ToArray());
    }

    [Fact]
    public void Of_those_that_ended_the_one_with_the_likelier_tokens_is_chosen()
    {
        var state = SchedulerState.Initial(s_config);
        Step(ref state, new Event.Submitted(s_request));
        Step(ref state, new Event.StepWanted());
        Step(ref state, Answer(state, -0.1f, -1));
        Step(ref state, new Event.StepWanted());
        var decisions = Step(ref state, Answer(state, -3, -1));
        Assert.Equal([1], decisions.OfType<Decision.Choose>().Single().Samples.ToArray());
    }

    private static ImmutableArray<Decision> Step(ref SchedulerState state, Event evt)
    {
        (state, var decisions) = Scheduler.Step(s_config, state, evt);
        return [.. decisions];
    }

    private static Event.StepCompleted Answer(SchedulerState state, params float[] logprobs) =>
        new(new StepResult(
            state.InFlight!.Id,
            [.. logprobs.Select(logprob => new SampledToken(new TokenId(7), logprob))]));
}
