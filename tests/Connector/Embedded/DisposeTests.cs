using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using TorchSharp;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// The real model is disposed while many use it. Alone in the process: it counts its tensors.
/// </summary>
[Collection(nameof(CancellationStressTests))]
public sealed class DisposeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_under_load_ends_every_call_and_frees_all_that_was_taken(bool async)
    {
        var before = torch.Tensor.TotalCount;
        var engine = PagedLlmEngine.LoadEmbedded(new() { KvBlocks = 400, MaxSequences = 8 });
        var chat = new PagedLlmChatCompletionService(engine);
        var calls = Enumerable.Range(0, 64)
            .Select(n => n % 2 == 0 ? Whole(chat, n) : Streamed(chat, n)).ToList();
        await Wait.Until(() => engine.Snapshot is { Running: 8, Waiting: > 40, DecodeTokens: > 8 });
        Assert.True(torch.Tensor.TotalCount > before);
        if (async)
            await engine.DisposeAsync();
        else
            await Task.Run(engine.Dispose);

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<ObjectDisposedException>(
                () => call.WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.Contains("The engine 'skpaged-tiny' has been disposed.", error.Message);
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    private static ChatHistory History(int n) => [new(AuthorRole.User, $"Number {n}, hello!")];

    private static PagedLlmPromptExecutionSettings Endless { get; } = new() { IgnoreEos = true };

    private static async Task Whole(PagedLlmChatCompletionService chat, int n) =>
        await chat.GetChatMessageContentAsync(History(n), Endless);

    private static async Task Streamed(PagedLlmChatCompletionService chat, int n)
    {
        await foreach (var _ in chat.GetStreamingChatMessageContentsAsync(History(n), Endless))
        {
        }
    }
}
