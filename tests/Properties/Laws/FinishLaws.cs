using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>What a caller gets, and how it ends.</summary>
public static class FinishLaws
{
    [Law]
    public static void Every_sample_of_an_accepted_request_finishes_exactly_once(Trace trace) =>
        Assert.All(History.Of(trace).Lives, life => Assert.Single(life.Ends));

    [Law]
    public static void Nothing_is_said_of_a_request_before_it_is_accepted_or_after_it_ended(
        Trace trace) =>
        Assert.Empty(History.Of(trace).Strays);

    [Law]
    public static void A_request_left_alone_gets_its_whole_answer_and_the_reason_for_its_end(
        Trace trace) =>
        Assert.All(
            History.Of(trace).Lives.Where(life => Outcome(life) == StepOutcome.Completed),
            life =>
            {
                var (tokens, reason) = History.Answer(
                    trace.Config, life.Request, life.Sample);
                Assert.Equal(tokens, life.Tokens);
                Assert.Equal(reason, life.Ends[0].Reason);
            });

    [Law]
    public static void A_request_that_ends_early_has_the_beginning_of_its_answer(Trace trace) =>
        Assert.All(History.Of(trace).Lives, life => Assert.Equal(
            History.Answer(trace.Config, life.Request, life.Sample)
                .Tokens.Take(life.Tokens.Count),
            life.Tokens));

    [Law]
    public static void A_request_ends_by_stop_at_an_end_token_or_because_its_caller_said_so(
        Trace trace) =>
        Assert.All(Ended(trace, FinishReason.Stop), life => Assert.True(
            life.Cause?.Event is Event.Cancelled(_, FinishReason.Stop)
            || (Outcome(life) == StepOutcome.Completed
                && (life.Tokens.Count > 0
                    ? life.Request.Stop.EndTokens.Contains(life.Tokens[^1].Token)
                    : IsMissing(trace, life)))));

    [Law]
    public static void A_request_ends_by_length_at_its_own_limit_the_models_or_the_pools(
        Trace trace) =>
        Assert.All(Ended(trace, FinishReason.Length), life => Assert.True(
            life.Tokens.Count == life.Request.Stop.MaxTokens
            || Total(life) == Requests.LengthMax(trace.Config, life.Request)));

    [Law]
    public static void A_request_ends_by_abort_only_when_cancelled(Trace trace) =>
        Assert.All(Ended(trace, FinishReason.Abort), life =>
            Assert.IsType<Event.Cancelled>(life.Cause?.Event));

    [Law]
    public static void A_request_ends_by_error_only_when_its_step_failed(Trace trace) =>
        Assert.All(Ended(trace, FinishReason.Error), life =>
            Assert.Equal(StepOutcome.Failed, Outcome(life)));

    [Law]
    public static void No_request_gets_more_tokens_than_it_may(Trace trace) =>
        Assert.All(History.Of(trace).Lives, life =>
        {
            Assert.InRange(life.Tokens.Count, 0, life.Request.Stop.MaxTokens);
            Assert.InRange(Total(life), 0, Requests.LengthMax(trace.Config, life.Request));
        });

    [Law]
    public static void No_end_token_is_among_the_first_min_tokens(Trace trace) =>
        Assert.All(History.Of(trace).Lives, life => Assert.Empty(
            life.Tokens.Take(life.Request.Stop.MinTokens)
                .Select(sample => sample.Token)
                .Intersect(life.Request.Stop.EndTokens)));

    [Law]
    public static void The_usage_counts_what_the_request_consumed(Trace trace) =>
        Assert.All(
            from life in History.Of(trace).Lives
            from end in life.Ends
            select (life, end),
            pair => Assert.Equal(
                new Usage(
                    pair.life.Request.Prompt.Length,
                    pair.life.Tokens.Count,
                    pair.life.CachedTokens ?? 0,
                    pair.life.Preemptions),
                pair.end.Usage));

    // A sample of a search for which the model has no output.
    private static bool IsMissing(Trace trace, Life life) =>
        life.Request.Beams is not null
        && History.Answer(trace.Config, life.Request, life.Sample).Tokens.IsEmpty;

    private static IEnumerable<Life> Ended(Trace trace, FinishReason reason) =>
        History.Of(trace).Lives.Where(life => life.Ends.Any(end => end.Reason == reason));

    private static StepOutcome? Outcome(Life life) => life.Cause?.Outcome();

    private static int Total(Life life) => life.Request.Prompt.Length + life.Tokens.Count;
}
