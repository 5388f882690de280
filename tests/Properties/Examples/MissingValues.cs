using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>
/// <c>default</c> is a value of every ImmutableArray, so the scheduler has an answer for it.
/// </summary>
public class MissingValues
{
    private static readonly SchedulerConfig s_config = new()
    {
        BlocksTotal = 8,
        MaxModelLength = 64,
        VocabularySize = 8,
    };

    [Fact]
    public void A_prompt_that_is_missing_is_an_empty_prompt()
    {
        var (state, decisions) = Submit(new StopRule(), prompt: false);
        var rejected = Assert.IsType<Decision.Reject>(Assert.Single(decisions));
        Assert.IsType<Rejection.PromptEmpty>(rejected.Why);
        Assert.True(state.Unfinished.IsEmpty);
    }

    [Fact]
    public void End_tokens_that_are_missing_are_none()
    {
        var stop = new StopRule { EndTokens = default };
        Assert.Empty(stop.EndTokens);
        Assert.Empty(Submit(stop, prompt: true).Decisions);
    }

    [Fact]
    public void Samples_that_are_missing_are_too_few()
    {
        var state = Submit(new StopRule(), prompt: true).State;
        state = Scheduler.Step(s_config, state, new Event.StepWanted()).State;
        var result = new StepResult(state.InFlight!.Id, Samples: default);
        var (_, decisions) =
            Scheduler.Step(s_config, state, new Event.StepCompleted(result));
        var finish = Assert.IsType<Decision.Finish>(Assert.Single(decisions));
        Assert.Equal(FinishReason.Error, finish.Reason);
    }

    private static (SchedulerState State, LanguageExt.Seq<Decision> Decisions) Submit(
        StopRule stop, bool prompt) =>
        Scheduler.Step(
            s_config,
            SchedulerState.Initial(s_config),
            new Event.Submitted(new Request(
                new RequestId(0),
                prompt ? [new TokenId(1)] : default,
                SamplingParams.Greedy,
                stop)));
}
