using System.Diagnostics;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;

namespace SkPaged.Bench;

/// <summary>
/// Many callers of one service at once. Each asks again as soon as it has its answer, streamed or
/// whole, and some leave: by their token at a random time, or in the middle of a stream.
/// </summary>
/// <param name="chat">What all of them call.</param>
/// <param name="callers">How many.</param>
/// <param name="outputTokens">Of each answer.</param>
/// <param name="patience">The longest that one who leaves by its token stays.</param>
internal sealed class CallerLoad(
    IChatCompletionService chat, int callers, int outputTokens, TimeSpan patience)
{
    // One in five leaves by its token, one in ten from within a stream.
    private const double LeavesByToken = 0.2;
    private const double LeavesStream = 0.1;

    private readonly PagedLlmPromptExecutionSettings _settings = new()
    {
        MaxTokens = outputTokens,
        IgnoreEos = true,
    };

    /// <summary>How calls ended, of all rounds.</summary>
    public CallerTally Tally { get; } = new();

    /// <summary>All call until the time is over, then wait for their last answers.</summary>
    /// <param name="time">At least one call each, however short.</param>
    /// <param name="hangsAfter">So long without the end of any call is a hang.</param>
    /// <param name="seed">Of all that is random.</param>
    /// <exception cref="TimeoutException">Somebody waits for an answer that does not come.
    /// </exception>
    public async Task RunAsync(TimeSpan time, TimeSpan hangsAfter, int seed)
    {
        var watch = Stopwatch.StartNew();
        var random = new Random(seed);
        var calling = Enumerable.Range(0, callers)
            .Select(_ => CallAsync(new Random(random.Next()), () => watch.Elapsed < time))
            .ToList();
        var all = Task.WhenAll(calling);
        for (var ended = -1; !all.IsCompleted && ended != Tally.Ended;)
        {
            ended = Tally.Ended;
            await Task.WhenAny(all, Task.Delay(hangsAfter));
        }

        await (all.IsCompleted ? all : throw new TimeoutException($"No end for {hangsAfter}."));
    }

    private async Task CallAsync(Random random, Func<bool> goesOn)
    {
        do
        {
            using var leaving = new CancellationTokenSource();
            if (random.NextDouble() < LeavesByToken)
                leaving.CancelAfter(Stay(random));
            await AskAsync(random, leaving.Token);
        }
        while (goesOn());
    }

    private async Task AskAsync(Random random, CancellationToken leaving)
    {
        try
        {
            var whole = random.Next(2) == 0;
            if (whole)
                await chat.GetChatMessageContentAsync(History(random), _settings, null, leaving);
            if (whole || await StreamAsync(random, leaving))
                Tally.Answered();
            else
                Tally.Left();
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            Tally.Left();
        }
        catch (Exception error)
        {
            Tally.Failed(error);
        }
    }

    // True when the answer came to its end.
    private async Task<bool> StreamAsync(Random random, CancellationToken leaving)
    {
        var began = Stopwatch.GetTimestamp();
        var first = true;
        var left = random.NextDouble() < LeavesStream
            ? random.Next(1, outputTokens) : int.MaxValue;
        await foreach (var _ in chat.GetStreamingChatMessageContentsAsync(
            History(random), _settings, null, leaving))
        {
            if (first)
                Tally.FirstToken(Stopwatch.GetElapsedTime(began));
            first = false;
            if (--left <= 0)
                return false;
        }

        return true;
    }

    // From 1 ms on, each doubling as likely: some leave at once, some when they are answered.
    private TimeSpan Stay(Random random) =>
        TimeSpan.FromMilliseconds(Math.Pow(patience.TotalMilliseconds, random.NextDouble()));

    private static ChatHistory History(Random random) => ChatQuestions.History(random.Next(512));
}
