using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// The law of histories end to end: whatever the embedded model says, also at random, where tokens
/// are seldom those that its text would be cut into, the next prompt finds it in the cache.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class HistoryTests(EmbeddedModel model)
{
    private const int BlockSize = 16;

    [Theory]
    [InlineData(false, 0f)]
    [InlineData(true, 0f)]
    [InlineData(false, 4f)]
    [InlineData(true, 4f)]
    public async Task Each_turn_finds_the_one_before_in_the_cache(bool streaming, float temperature)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            List<ChatMessage> messages =
                [new(ChatRole.System, $"The Blue Anchor opens at {seed}:30.")];
            var options = new ChatOptions
            {
                Temperature = temperature,
                TopP = 1,
                Seed = seed,
                MaxOutputTokens = 30,
                AdditionalProperties = new() { ["cache_salt"] = $"{streaming} {temperature}" },
            };
            var before = 0;
            foreach (var question in (string[])["Hello!", "When does it open?", "Who are you?"])
            {
                messages.Add(new(ChatRole.User, question));
                var result = await Ask(messages, options, streaming);
                Assert.True(
                    result.CachedTokens >= before / BlockSize * BlockSize,
                    $"seed {seed}: {result.CachedTokens} of {before} tokens were cached");
                before = result.PromptTokens + result.OutputTokens.Length - 1;
            }
        }
    }

    [Fact]
    public async Task Each_request_of_a_tool_loop_finds_the_one_before_in_the_cache()
    {
        var kernel = model.Kernel(new Harbour());
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        var settings = new PagedLlmPromptExecutionSettings
        {
            MaxTokens = 96,
            CacheSalt = "loop",
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
        };
        ChatHistory history = [];
        List<PagedLlmResult> results = [];
        foreach (var question in (string[])
        [
            "When does the ferry to Skarvik leave?",
            "What is the temperature in Lindholm and in Skarvik?",
            "Thank you!",
        ])
        {
            history.AddUserMessage(question);
            var text = "";
            await foreach (var piece in chat.GetStreamingChatMessageContentsAsync(
                history, settings, kernel))
            {
                text += piece.Content;
                if (piece.InnerContent is PagedLlmResult result)
                    results.Add(result);
            }

            history.AddAssistantMessage(text);
        }

        Assert.Equal(5, results.Count);
        for (var next = 1; next < results.Count; next++)
        {
            var before = results[next - 1].PromptTokens + results[next - 1].OutputTokens.Length - 1;
            Assert.True(
                results[next].CachedTokens >= before / BlockSize * BlockSize,
                $"request {next}: {results[next].CachedTokens} of {before} were cached");
        }
    }

    private async Task<PagedLlmResult> Ask(
        List<ChatMessage> messages, ChatOptions options, bool streaming)
    {
        if (!streaming)
        {
            var response = await model.Client.GetResponseAsync(messages, options);
            messages.AddRange(response.Messages);
            return (PagedLlmResult)response.RawRepresentation!;
        }

        var updates = await model.Client.GetStreamingResponseAsync(messages, options)
            .ToListAsync();
        messages.AddRange(updates.ToChatResponse().Messages);
        return (PagedLlmResult)updates[^1].RawRepresentation!;
    }
}
