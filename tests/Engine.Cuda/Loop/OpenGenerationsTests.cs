using Microsoft.Extensions.Logging.Abstractions;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>What decisions become for a reader, and when nothing follows.</summary>
public sealed class OpenGenerationsTests : IDisposable
{
    private readonly EngineTelemetry _telemetry = new(
        $"by hand {Guid.NewGuid()}", () => throw new InvalidOperationException(),
        NullLogger.Instance);

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public async Task A_beam_search_is_over_when_its_hypotheses_are_not_its_beams()
    {
        var (open, generation, mailbox) = Opened(
            request => request with { Samples = 2, Beams = new() { Width = 4 } });
        open.Emit(Emit(0, token: 7));
        open.Emit(Emit(0, token: 8));
        open.Finish(Finish(0, outputTokens: 2), null);
        Assert.Equal(1, open.Count);
        Assert.Null(generation.Duration);
        open.Emit(Emit(1, token: 9));
        open.Finish(Finish(1, outputTokens: 1), null);

        Assert.Equal(0, open.Count);
        Assert.Equal(
            [
                new TokenEvent.Token(new(new(7))),
                new TokenEvent.Token(new(new(8))),
                Ended(0, outputTokens: 2),
                new TokenEvent.Token(new(new(9))) { Index = 1 },
                Ended(1, outputTokens: 1),
            ],
            await Read(generation));
        Assert.NotNull(generation.Duration);
        Assert.Empty(Unread(mailbox));
    }

    [Fact]
    public async Task A_ranked_request_is_over_with_the_choice()
    {
        var (open, generation, _) = Opened(
            request => request with { Samples = 1, BestOf = 2 });
        open.Finish(Finish(1, outputTokens: 0), null);
        open.Finish(Finish(0, outputTokens: 0), null);
        Assert.Equal(1, open.Count);
        open.Choose(new(generation.Id, [1]));

        Assert.Equal(0, open.Count);
        Assert.Equal(
            [Ended(1, 0), Ended(0, 0), new TokenEvent.Chosen([1])], await Read(generation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_failure_holds_and_what_goes_on_is_aborted(bool ranked)
    {
        var (open, generation, mailbox) = Opened(
            request => request with { Samples = 3, BestOf = ranked ? 4 : null });
        var (first, second) = (
            new StepFailure(new(3), new IOException("first")),
            new StepFailure(new(4), new IOException("second")));
        var samples = ranked ? 4 : 3;
        open.Emit(Emit(0, token: 7));
        open.Finish(Finish(1, outputTokens: 0), null);
        open.Finish(Finish(0, outputTokens: 1), first);
        Assert.Equal(1, open.Count);
        Assert.Equal(
            [new Event.Cancelled(generation.Id, FinishReason.Abort)], Unread(mailbox));
        open.Emit(Emit(2, token: 8));
        for (var sample = 2; sample < samples; sample++)
            open.Finish(Finish(sample, outputTokens: 1), sample == 2 ? second : null);
        if (ranked)
            open.Choose(new(generation.Id, [1, 0, 2]));

        Assert.Equal(0, open.Count);
        Assert.Empty(Unread(mailbox));
        var seen = new List<TokenEvent>();
        var thrown = await Assert.ThrowsAsync<StepFailedException>(async () =>
        {
            await foreach (var next in generation.ReadAllAsync())
                seen.Add(next);
        });
        Assert.Equal(new StepId(3), thrown.Step);
        Assert.Equal([new TokenEvent.Token(new(new(7))), Ended(1, 0)], seen);
        generation.Stop();
        Assert.Empty(Unread(mailbox));
    }

    [Fact]
    public void Ends_add_up_to_one_usage_and_an_error_stays_one()
    {
        var ends = new SampleEnds(Left: 3, IsRanked: true);
        var id = new RequestId(0);
        ends = ends.With(new(id, FinishReason.Length, new(5, 10, 4, 2)));
        ends = ends.With(new(id, FinishReason.Error, new(5, 3, 4, 1)));
        ends = ends.With(new(id, FinishReason.Stop, new(5, 1, 4, 2)));
        Assert.Equal(
            new SampleEnds(0, true, FinishReason.Error, new Usage(5, 14, 4, 2), TokensMax: 10),
            ends);
        Assert.False(ends.AreAll);
        Assert.True(ends.Chosen().AreAll);
    }

    private (OpenGenerations Open, Generation Generation, Mailbox Mailbox) Opened(
        Func<Request, Request> change)
    {
        var request = change(
            new(new(0), [new(1)], SamplingParams.Greedy, new StopRule()));
        var mailbox = new Mailbox(1);
        var generation = new Generation(
            request, "text_completion", mailbox, TimeProvider.System);
        var open = new OpenGenerations(_telemetry);
        open.Open(generation);
        return (open, generation, mailbox);
    }

    private static Decision.Emit Emit(int sample, int token) =>
        new(new(0), new(new(token))) { Sample = sample };

    private static Decision.Finish Finish(int sample, int outputTokens) =>
        new(new(0), FinishReason.Stop, new(1, outputTokens, 0, 0)) { Sample = sample };

    private static TokenEvent.Finished Ended(int sample, int outputTokens) =>
        new(FinishReason.Stop, new(1, outputTokens, 0, 0)) { Index = sample };

    private static async Task<TokenEvent[]> Read(Generation generation)
    {
        var seen = new List<TokenEvent>();
        await foreach (var next in generation.ReadAllAsync())
            seen.Add(next);
        return [.. seen];
    }

    private static Event[] Unread(Mailbox mailbox) =>
        [.. mailbox.TakeRest().Select(mail => mail.Event)];
}
