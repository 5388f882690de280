using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace SkPaged.Connector.Tests.Reasoning;

/// <summary>What a model thinks is told apart from what it says.</summary>
public sealed class ReasoningTests
{
    private const string Says = "<think>\nHm.\n</think>\n\nYes.";

    private const string Call =
        "<tool_call>\n{\"name\": \"look\", \"arguments\": {}}\n</tool_call>";

    [Fact]
    public async Task Reasoning_is_a_content_of_its_own_streaming_or_not()
    {
        await using var engine = ScriptedEngine.Create(_ => Says);
        foreach (var response in (ChatResponse[])
        [
            await engine.Client.GetResponseAsync("?"),
            await engine.Client.GetStreamingResponseAsync("?").ToChatResponseAsync(),
        ])
        {
            var message = Assert.Single(response.Messages);
            Assert.Equal("Hm.", Assert.IsType<TextReasoningContent>(message.Contents[0]).Text);
            Assert.Equal("Yes.", Assert.IsType<TextContent>(message.Contents[1]).Text);
            Assert.Equal("Yes.", response.Text);
            Assert.Equal(Says.Length - "Yes.".Length, response.Usage!.ReasoningTokenCount);
            Assert.Equal(Says.Length + 1, response.Usage.OutputTokenCount);
        }
    }

    [Fact]
    public async Task What_looks_like_a_call_in_the_reasoning_is_none()
    {
        await using var engine = ScriptedEngine.Create(
            _ => $"<think>{Call}?</think>Let me look.\n{Call}");
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.Create(() => 1, "look")],
        };
        var response = await engine.Client.GetResponseAsync("?", options);
        Assert.Equal(
            [typeof(TextReasoningContent), typeof(TextContent), typeof(FunctionCallContent)],
            response.Messages[0].Contents.Select(content => content.GetType()));
        Assert.Equal("Let me look.", response.Text);
    }

    [Fact]
    public async Task Reasoning_that_the_limit_cuts_off_is_reasoning()
    {
        await using var engine = ScriptedEngine.Create(_ => Says);
        var response = await engine.Client.GetResponseAsync(
            "?", new ChatOptions { MaxOutputTokens = 10 });
        Assert.Equal("", response.Text);
        Assert.Equal("Hm", Assert.IsType<TextReasoningContent>(
            Assert.Single(response.Messages[0].Contents)).Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task A_template_that_opens_the_reasoning_itself_is_understood()
    {
        var template = ChatMl.Template + "{{- '<think>\\n' }}";
        await using var engine = ScriptedEngine.Create(
            _ => "Hm.\n</think>\n\nYes.", new ScriptedEngine.Setup { Template = template });
        var response = await engine.Client.GetResponseAsync("?");
        Assert.Equal("Yes.", response.Text);
        Assert.Equal(
            "Hm.", Assert.IsType<TextReasoningContent>(response.Messages[0].Contents[0]).Text);
    }

    [Fact]
    public async Task Where_the_template_knows_no_reasoning_marks_are_text()
    {
        await using var engine = ScriptedEngine.Create(
            _ => Says, new ScriptedEngine.Setup { Template = FamilyTemplates.Mistral });
        Assert.Equal(Says, (await engine.Client.GetResponseAsync("?")).Text);
    }

#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
    [Fact]
    public async Task The_service_tells_it_as_semantic_kernel_does_streaming_or_not()
    {
        await using var engine = ScriptedEngine.Create(_ => Says);
        var service = new PagedLlmChatCompletionService(engine.Engine);
        ChatHistory history = [new(AuthorRole.User, "?")];
        var content = await service.GetChatMessageContentAsync(history);
        Assert.Equal("Yes.", content.Content);
        Assert.Equal("Hm.", Assert.IsType<ReasoningContent>(content.Items[0]).Text);
        var pieces = await service.GetStreamingChatMessageContentsAsync(history).ToListAsync();
        Assert.Equal("Yes.", string.Concat(pieces.Select(piece => piece.Content)));
        Assert.Equal(
            "Hm.",
            string.Concat(pieces.SelectMany(piece => piece.Items)
                .OfType<StreamingReasoningContent>().Select(item => item.Text)));
    }
#pragma warning restore SKEXP0110
}
