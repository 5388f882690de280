using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>One who asks, and may leave before the answer is there.</summary>
/// <param name="number">Is in the prompt, so that a plan's rows tell whose they are.</param>
/// <param name="departure">When it leaves.</param>
/// <param name="random">Its own.</param>
internal sealed class Caller(int number, Departure departure, Random random) : IDisposable
{
    private const int TokensMax = 12;

    private static readonly PagedLlmPromptExecutionSettings s_settings =
        new() { MaxTokens = TokensMax, MinTokens = TokensMax };

    private readonly CancellationTokenSource _cancellation = new();

    private readonly bool _streams = random.Next(2) == 0;

    /// <summary>When it leaves.</summary>
    public Departure Departure => departure;

    /// <summary>Tokens after which it leaves a decode, or pieces after which a stream.</summary>
    public int Patience { get; } = random.Next(1, TokensMax - 2);

    /// <summary>Whether it has left.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Cancels its token, on the thread of whoever says so.</summary>
    public void Leave()
    {
        HasLeft = true;
        _cancellation.Cancel();
    }

    public void Dispose() => _cancellation.Dispose();

    /// <summary>Whether it left as it wanted to.</summary>
    public async Task<bool> Ask(IChatCompletionService chat)
    {
        if (departure == Departure.BeforeTheCall)
            Leave();
        if (departure == Departure.AnyTime)
            _cancellation.CancelAfter(AnyTime());
        try
        {
            await (departure switch
            {
                Departure.BreaksOff => BreakOff(chat),
                Departure.ForgetsTheStream => Forget(chat),
                _ when _streams => Stream(chat),
                _ => chat.GetChatMessageContentAsync(
                    History(), s_settings, null, _cancellation.Token),
            });
        }
        catch (OperationCanceledException)
        {
            return departure is not (Departure.AfterTheEnd or Departure.Never);
        }

        // Whoever was cancelled in time must not get an answer all the same.
        if (departure <= Departure.InDecode)
            Assert.False(HasLeft, $"{departure}, but the call went on to its end.");
        if (departure == Departure.AfterTheEnd)
            Leave();
        return HasLeft;
    }

    private IAsyncEnumerable<StreamingChatMessageContent> Pieces(IChatCompletionService chat) =>
        chat.GetStreamingChatMessageContentsAsync(
            History(), s_settings, null, _cancellation.Token);

    private async Task Stream(IChatCompletionService chat)
    {
        await foreach (var _ in Pieces(chat))
        {
        }
    }

    private async Task BreakOff(IChatCompletionService chat)
    {
        var left = Patience;
        await foreach (var _ in Pieces(chat))
        {
            if (--left > 0)
                continue;
            HasLeft = true;
            break;
        }
    }

    private async Task Forget(IChatCompletionService chat)
    {
        HasLeft = await Pieces(chat).GetAsyncEnumerator().MoveNextAsync();
    }

    // From 1 to 1,500 ms, each doubling as likely: some are in time however fast the machine is.
    private TimeSpan AnyTime() =>
        TimeSpan.FromMilliseconds(Math.Pow(1500, random.NextDouble()));

    // Half of them begin alike, and find their prefix cached; the others have theirs to compute.
    private ChatHistory History()
    {
        var history = new ChatHistory(
            (number % 2 == 0 ? "" : $"Number {number}. ")
            + "Mira Toft runs the Blue Anchor, a cafe in Lindholm.");
        history.AddUserMessage($"Call {number}: Who runs the Blue Anchor?");
        return history;
    }
}
