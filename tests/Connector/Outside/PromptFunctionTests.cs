using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.TextGeneration;
using Xunit;
using TextContent = Microsoft.SemanticKernel.TextContent;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>Prompts of the kernel and raw ones, answered by the embedded model.</summary>
[Collection(EmbeddedModel.Name)]
public sealed class PromptFunctionTests(EmbeddedModel model)
{
    private const string Prompt =
        """
        <message role="system">The {{$cafe}} opens at 7:30.</message>
        <message role="user">When does the {{$cafe}} open?</message>
        """;

    private static readonly KernelArguments s_arguments =
        new(new PagedLlmPromptExecutionSettings { MaxTokens = 32 }) { ["cafe"] = "Blue Anchor" };

    [Fact]
    public async Task A_prompt_is_invoked_as_any_type_of_answer()
    {
        var kernel = model.Kernel();
        var text = await kernel.InvokePromptAsync<string>(Prompt, s_arguments);
        Assert.Contains("7:30", text);
        var content = await kernel.InvokePromptAsync<ChatMessageContent>(Prompt, s_arguments);
        Assert.Equal(text, content!.Content);
        Assert.Equal(
            text, (await kernel.InvokePromptAsync<ChatMessage>(Prompt, s_arguments))!.Text);
        Assert.IsType<PagedLlmResult>(content.InnerContent);
        Assert.True(((UsageDetails)content.Metadata!["Usage"]!).CachedInputTokenCount > 0);
    }

    [Fact]
    public async Task A_prompt_is_streamed_as_texts_or_contents()
    {
        var kernel = model.Kernel();
        var text = await kernel.InvokePromptAsync<string>(Prompt, s_arguments);
        Assert.Equal(text, string.Concat(
            await kernel.InvokePromptStreamingAsync<string>(Prompt, s_arguments).ToListAsync()));
        Assert.Equal(text, string.Concat(
            (await kernel.InvokePromptStreamingAsync<StreamingChatMessageContent>(
                Prompt, s_arguments).ToListAsync()).Select(piece => piece.Content)));
    }

    [Fact]
    public async Task A_kernel_with_a_client_only_runs_prompts_as_well()
    {
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatClient(model.Engine);
        var kernel = builder.Build();
        Assert.Equal(
            await model.Kernel().InvokePromptAsync<string>(Prompt, s_arguments),
            await kernel.InvokePromptAsync<string>(Prompt, s_arguments));
        Assert.IsType<ChatResponse>(
            (await kernel.InvokePromptAsync(Prompt, s_arguments)).GetValue<ChatResponse>());
    }

    // As the chat template would render it: the same tokens, so the same answer.
    [Fact]
    public async Task A_raw_prompt_is_continued()
    {
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmTextGeneration(model.Engine);
        var service = builder.Build().GetRequiredService<ITextGenerationService>();
        const string Raw =
            "<|im_start|>system\nThe Blue Anchor opens at 7:30.<|im_end|>\n"
            + "<|im_start|>user\nWhen does the Blue Anchor open?<|im_end|>\n"
            + "<|im_start|>assistant\n";
        var settings = s_arguments.ExecutionSettings!.Values.Single();
        var content = await service.GetTextContentAsync(Raw, settings);
        Assert.Equal(
            await model.Kernel().InvokePromptAsync<string>(Prompt, s_arguments), content.Text);
        Assert.Equal(content.Text, string.Concat(
            (await service.GetStreamingTextContentsAsync(Raw, settings).ToListAsync())
                .Select(piece => piece.Text)));
        Assert.IsType<TextContent>(content);
        Assert.Equal(model.Engine.ModelId, content.ModelId);
    }
}
