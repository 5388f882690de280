using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Service;

public sealed class ServiceAnswerTests
{
    [Fact]
    public async Task An_answer_has_all_that_is_known_of_it()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var content = Assert.Single(await service.GetChatMessageContentsAsync(History("words")));
        Assert.Equal("words", content.Content);
        Assert.Equal(AuthorRole.Assistant, content.Role);
        Assert.Equal("scripted", content.ModelId);
        Assert.Equal("stop", content.Metadata!["FinishReason"]);
        Assert.Equal(6, ((UsageDetails)content.Metadata["Usage"]!).OutputTokenCount);
        Assert.StartsWith("response_", (string)content.Metadata["Id"]!);
        Assert.IsType<DateTimeOffset>(content.Metadata["CreatedAt"]);
        Assert.Equal(6, Assert.IsType<PagedLlmResult>(content.InnerContent).OutputTokens.Length);
    }

    [Fact]
    public async Task A_stream_ends_with_the_same()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var whole = Assert.Single(await service.GetChatMessageContentsAsync(History("words")));
        var pieces = await service.GetStreamingChatMessageContentsAsync(History("words"))
            .ToListAsync();
        var last = pieces[^1];
        Assert.Equal("words", string.Concat(pieces.Select(piece => piece.Content)));
        Assert.All(pieces, piece => Assert.Equal("scripted", piece.ModelId));
        Assert.All(pieces, piece => Assert.Equal(AuthorRole.Assistant, piece.Role));
        Assert.All(pieces, piece => Assert.Equal(0, piece.ChoiceIndex));
        Assert.Equal(whole.Metadata!.Keys.Order(), last.Metadata!.Keys.Order());
        Assert.Equal(whole.Metadata["FinishReason"], last.Metadata["FinishReason"]);
        Assert.Equal(
            ((UsageDetails)whole.Metadata["Usage"]!).TotalTokenCount,
            ((UsageDetails)last.Metadata["Usage"]!).TotalTokenCount);
        Assert.IsType<PagedLlmResult>(last.InnerContent);
        Assert.All(pieces.SkipLast(1), piece => Assert.Null(piece.Metadata));
    }

    [Fact]
    public async Task The_kernels_own_adapter_of_clients_works_as_well()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = engine.Client.AsChatCompletionService();
        var content = Assert.Single(await service.GetChatMessageContentsAsync(History("words")));
        var last = await service.GetStreamingChatMessageContentsAsync(History("words")).LastAsync();
        Assert.Equal(("words", "scripted"), (content.Content, content.ModelId));
        Assert.Equal("stop", content.Metadata!["FinishReason"]);
        Assert.Equal("stop", last.Metadata!["FinishReason"]);
        Assert.IsType<PagedLlmResult>(content.InnerContent);
        Assert.IsType<PagedLlmResult>(last.InnerContent);
        Assert.Equal("scripted", service.GetModelId());
    }

    [Fact]
    public async Task The_service_names_its_model()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        Assert.Equal("scripted", service.Attributes["ModelId"]);
    }

    [Fact]
    public async Task Service_and_client_give_the_model_the_same_tokens()
    {
        await using var engine = ScriptedEngine.Create(prompt => prompt);
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var named = new ChatMessageContent(AuthorRole.User, "Hi") { AuthorName = "Ann" };
        var history = new ChatHistory("Be brief.") { named };
        var content = await service.GetChatMessageContentAsync(history);
        var instructed = await service.GetChatMessageContentAsync(
            History("Hi"), new PagedLlmPromptExecutionSettings { ChatSystemPrompt = "Be brief." });
        var response = await engine.Client.GetResponseAsync(
            "Hi", new ChatOptions { Instructions = "Be brief." });
        Assert.Equal(Tokens(response.RawRepresentation), Tokens(content.InnerContent));
        Assert.Equal(Tokens(response.RawRepresentation), Tokens(instructed.InnerContent));
    }

    [Fact]
    public async Task Settings_reach_the_engine()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var content = await service.GetChatMessageContentAsync(
            History("one STOP two"),
            new PagedLlmPromptExecutionSettings
            {
                Temperature = 0.5f,
                MinP = 0.1f,
                Seed = 7,
                StopSequences = ["STOP"],
                TokenSelectionBiases = new Dictionary<int, int> { [65] = 3 },
            });
        Assert.Equal("one ", content.Content);
        var sampling = Assert.Single(engine.Executor.Samplings);
        Assert.Equal((0.5f, 0.1f, 7ul), (sampling.Temperature, sampling.MinP, sampling.Seed));
        Assert.Equal(3, Assert.Single(sampling.LogitBias).Value);
    }

    [Fact]
    public async Task Settings_of_another_type_are_read_by_their_names()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var content = await service.GetChatMessageContentAsync(
            History("one STOP two"),
            new PromptExecutionSettings
            {
                ExtensionData = new Dictionary<string, object>
                {
                    ["stop"] = "STOP",
                    ["repetition_penalty"] = "1.5",
                },
            });
        Assert.Equal("one ", content.Content);
        Assert.Equal(1.5f, Assert.Single(engine.Executor.Samplings).RepetitionPenalty);
    }

    [Fact]
    public async Task Wrong_settings_are_named_all_at_once()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var error = await Assert.ThrowsAsync<ChatOptionsException>(
            () => service.GetChatMessageContentAsync(
                History("Hi"),
                new PagedLlmPromptExecutionSettings { TopP = 2, MinTokens = -1 }));
        Assert.Equal(
            "top_p is 2; it must be a number over 0 and up to 1. "
            + "min_tokens is -1; it must be a whole number of at least 0.",
            error.Message);
    }

    [Fact]
    public async Task A_prompt_function_answers_as_any_type()
    {
        await using var engine = ScriptedEngine.Create(_ => "42");
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(engine.Engine);
        var kernel = builder.Build();
        Assert.Equal("42", await kernel.InvokePromptAsync<string>("?"));
        Assert.Equal("42", $"{await kernel.InvokePromptAsync<ChatMessageContent>("?")}");
        var pieces = await kernel.InvokePromptStreamingAsync<string>("?").ToListAsync();
        Assert.Equal("42", string.Concat(pieces));
    }

    [Fact]
    public async Task Cancelling_ends_a_prompt_function_and_frees_its_blocks()
    {
        await using var engine = ScriptedEngine.Create(_ => new string('x', 2000));
        using var source = new CancellationTokenSource();
        engine.Executor.BeforeStep = plan =>
        {
            if (plan.TokenLogs[0].Count - plan.PromptCounts[0] == 10)
                source.Cancel();
        };
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(engine.Engine);
        await Assert.ThrowsAsync<KernelFunctionCanceledException>(
            () => builder.Build().InvokePromptAsync("go", cancellationToken: source.Token));
        await Wait.Until(() => engine.Engine.Snapshot.BlocksLive == 0);
    }

    [Fact]
    public async Task A_plain_answer_leaves_the_history_to_the_caller()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var history = History("Hi");
        await service.GetChatMessageContentAsync(history);
        await service.GetStreamingChatMessageContentsAsync(history).ToListAsync();
        Assert.Single(history);
    }

    private static ChatHistory History(string words) => [new(AuthorRole.User, words)];

    private static string Tokens(object? result) =>
        ByteTokenizer.Instance.Decode(
            Assert.IsType<PagedLlmResult>(result).OutputTokens.AsSpan(), skipSpecialTokens: false);
}
