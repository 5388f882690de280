using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Everyone leaves at some moment, in some way, while others work on.</summary>
public sealed class CancellationStressTests
{
    [Fact]
    public async Task After_a_thousand_random_cancellations_under_load_nothing_is_held()
    {
        var config = Requests.Config(blocks: 64, batchedTokens: 24) with { MaxSequences = 16 };
        var requests = Requests.Random(1600, seed: 5);
        using var loop = new EngineLoop(
            config, new SlotExecutor(config) { Before = _ => Thread.SpinWait(2000) });

        var ends = await Task.WhenAll(requests.Select((request, index) => index % 5 == 0
                ? Complete(loop, request, config)
                : GiveUp(loop, request, new Random(index), config)))
            .WaitAsync(Waits.Long);

        await Waits.UntilEmpty(loop);
        Assert.Equal(320, ends.Count(end => end == Ending.Complete));
        Assert.True(ends.Count(end => end < Ending.Complete) >= 1000, "Too few were given up.");
        // All ways of leaving must have happened, or this test has shown nothing.
        Assert.All(
            Enum.GetValues<Ending>().Where(way => way < Ending.Complete),
            way => Assert.InRange(ends.Count(end => end == way), 50, 1000));
        Assert.True(loop.Snapshot.Preemptions > 0, "Nobody was preempted.");
    }

    private enum Ending
    {
        CancelledUnread,
        CancelledMidway,
        LeftEarly,
        Disposed,
        Complete,
        TooLate,
    }

    private static async Task<Ending> Complete(
        EngineLoop loop, Known request, SchedulerConfig config)
    {
        Requests.Check(request, await loop.Ask(request), config);
        return Ending.Complete;
    }

    // Reads some tokens, or none, and goes away in one of three ways.
    private static async Task<Ending> GiveUp(
        EngineLoop loop, Known request, Random random, SchedulerConfig config)
    {
        var (way, patience) = (random.Next(3), random.Next(2) * random.Next(12));
        using var cancellation = new CancellationTokenSource();
        await using var generation = loop.Submit(request);
        if (way == 0 && patience == 0)
            cancellation.CancelAfter(random.Next(40));
        if (way == 1 && patience == 0)
            return Ending.Disposed;
        var answer = request.Answer(config).Tokens.ToArray();
        List<TokenId> seen = [];
        try
        {
            await foreach (var next in generation.ReadAllAsync(cancellation.Token))
            {
                if (next is not TokenEvent.Token token)
                    return Ending.TooLate;
                seen.Add(token.Sample.Token);
                Assert.Equal(answer[..seen.Count], seen.ToArray());
                if (way == 0 && seen.Count == patience)
                    await cancellation.CancelAsync();
                if (way != 0 && seen.Count > patience)
                    return Ending.LeftEarly;
            }
        }
        catch (OperationCanceledException)
        {
            return seen.Count == 0 ? Ending.CancelledUnread : Ending.CancelledMidway;
        }

        throw new InvalidOperationException("The stream ended without an end.");
    }
}
