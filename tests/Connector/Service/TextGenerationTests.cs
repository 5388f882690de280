using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using TextContent = Microsoft.SemanticKernel.TextContent;

namespace SkPaged.Connector.Tests.Service;

public sealed class TextGenerationTests
{
    [Fact]
    public async Task A_prompt_is_continued_as_it_is_without_the_chat_template()
    {
        await using var engine = ScriptedEngine.Create(prompt => $"({prompt})");
        var service = new PagedLlmTextGenerationService(engine.Engine);
        var content = Assert.Single(await service.GetTextContentsAsync("Once upon"));
        Assert.Equal("(Once upon)", content.Text);
        Assert.Equal(("scripted", "scripted"), (content.ModelId, service.GetModelId()));
        Assert.Equal("stop", content.Metadata!["FinishReason"]);
        var result = Assert.IsType<PagedLlmResult>(content.InnerContent);
        Assert.Equal(
            ByteTokenizer.Instance.Encode("Once upon", addSpecialTokens: true).Length,
            result.PromptTokens);
    }

    [Fact]
    public async Task A_stream_says_the_same()
    {
        await using var engine = ScriptedEngine.Create(prompt => $"({prompt})");
        var service = new PagedLlmTextGenerationService(engine.Engine);
        var pieces = await service.GetStreamingTextContentsAsync("Once").ToListAsync();
        Assert.Equal("(Once)", string.Concat(pieces.Select(piece => piece.Text)));
        Assert.Equal("stop", pieces[^1].Metadata!["FinishReason"]);
        Assert.Equal(7, ((UsageDetails)pieces[^1].Metadata!["Usage"]!).OutputTokenCount);
        Assert.IsType<PagedLlmResult>(pieces[^1].InnerContent);
    }

    [Fact]
    public async Task Several_choices_are_several_contents_or_told_apart_by_their_index()
    {
        string[] says = ["first", "second"];
        await using var engine = ScriptedEngine.CreateChoices((_, sample) => says[sample]);
        var service = new PagedLlmTextGenerationService(engine.Engine);
        var settings = new PagedLlmPromptExecutionSettings { N = 2 };
        var contents = await service.GetTextContentsAsync("?", settings);
        Assert.Equal(says, contents.Select(content => content.Text));
        var pieces = await service.GetStreamingTextContentsAsync("?", settings).ToListAsync();
        Assert.Equal(
            says,
            pieces.GroupBy(piece => piece.ChoiceIndex).OrderBy(choice => choice.Key)
                .Select(choice => string.Concat(choice.Select(piece => piece.Text))));
    }

    [Fact]
    public async Task Settings_reach_the_engine()
    {
        await using var engine = ScriptedEngine.Create(_ => "one STOP two");
        var content = await new PagedLlmTextGenerationService(engine.Engine).GetTextContentAsync(
            "?", new PagedLlmPromptExecutionSettings { StopSequences = ["STOP"], Seed = 3 });
        Assert.Equal("one ", content.Text);
        Assert.Equal(3ul, Assert.Single(engine.Executor.Samplings).Seed);
    }

    [Fact]
    public async Task Marks_of_calls_and_reasoning_are_no_more_than_text()
    {
        const string Says = "<think>a</think><tool_call>{\"name\": \"x\"}</tool_call>";
        await using var engine = ScriptedEngine.Create(_ => Says);
        var service = new PagedLlmTextGenerationService(engine.Engine);
        Assert.Equal(Says, (await service.GetTextContentAsync("?")).Text);
    }

    [Fact]
    public async Task What_a_raw_prompt_has_no_place_for_is_refused()
    {
        await using var model = new WeatherModel();
        var service = new PagedLlmTextGenerationService(model.Engine.Engine);
        var tools = await Assert.ThrowsAsync<ChatRequestException>(
            () => service.GetTextContentsAsync("?", WeatherModel.Auto(), model.Kernel));
        Assert.Equal(
            "The request has 1 tools, and a raw prompt cannot show them.", tools.Message);
        var system = await Assert.ThrowsAsync<ChatRequestException>(
            () => service.GetTextContentsAsync(
                "?", new PagedLlmPromptExecutionSettings { ChatSystemPrompt = "Be brief." }));
        Assert.Equal(
            "The request has instructions, and a raw prompt has no place for them.",
            system.Message);
        await Assert.ThrowsAsync<ContextTooLongException>(
            () => service.GetTextContentsAsync(new string('a', 5000)));
    }

    [Fact]
    public async Task A_kernel_with_nothing_else_runs_prompt_functions_on_it()
    {
        await using var engine = ScriptedEngine.Create(prompt => $"({prompt})");
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmTextGeneration(engine.Engine, "text");
        var kernel = builder.Build();
        var arguments = new KernelArguments { ["who"] = "Ann" };
        Assert.Equal("(Hi Ann)", await kernel.InvokePromptAsync<string>("Hi {{$who}}", arguments));
        Assert.Equal(
            "(Hi Ann)",
            string.Concat(await kernel.InvokePromptStreamingAsync<string>(
                "Hi {{$who}}", arguments).ToListAsync()));
        Assert.NotNull(kernel.Services.GetKeyedService<ITextGenerationService>("text"));
        Assert.IsType<TextContent>(
            await kernel.InvokePromptAsync<TextContent>("Hi {{$who}}", arguments));
    }
}
