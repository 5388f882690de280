using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using FunctionCallContent = Microsoft.SemanticKernel.FunctionCallContent;
using FunctionResultContent = Microsoft.SemanticKernel.FunctionResultContent;

namespace SkPaged.Connector.Tests.Service;

public sealed class FunctionInvocationTests
{
    [Fact]
    public async Task Functions_are_shown_called_and_answered()
    {
        await using var model = new WeatherModel();
        var history = WeatherModel.History();
        var answer = await model.Service.GetChatMessageContentAsync(
            history, WeatherModel.Auto(), model.Kernel);
        Assert.Equal("In short: rain in Zürich.", answer.Content);
        Assert.Equal(["Oslo 1", "Zürich 2"], model.Invocations);
        Assert.Equal("stop", answer.Metadata!["FinishReason"]);
        Assert.Equal(2, model.Engine.Executor.Samplings.Count);
        var whole = (UsageDetails)answer.Metadata["Usage"]!;
        var last = (PagedLlmResult)answer.InnerContent!;
        Assert.True(whole.OutputTokenCount > last.OutputTokens.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_history_gets_the_turns_of_the_loop(bool streaming)
    {
        await using var model = new WeatherModel();
        var history = WeatherModel.History();
        await Ask(model, history, streaming);
        Assert.Equal(
            [AuthorRole.System, AuthorRole.User, AuthorRole.Assistant, AuthorRole.Tool],
            history.Select(content => content.Role));
        Assert.Equal(WeatherModel.Text, history[2].Content);
        var calls = history[2].Items.OfType<FunctionCallContent>().ToList();
        var results = history[3].Items.OfType<FunctionResultContent>().ToList();
        Assert.Equal(["Weather_Get", "Weather_Get"], calls.Select(call => call.FunctionName));
        Assert.Equal(calls.Select(call => call.Id), results.Select(result => result.CallId));
        Assert.Equal(
            ["rain in Oslo", "rain in Zürich"], results.Select(result => $"{result.Result}"));
        Assert.Equal("tool_calls", history[2].Metadata!["FinishReason"]);
        Assert.Equal("scripted", history[2].ModelId);
    }

    [Fact]
    public async Task Streaming_or_not_the_next_turn_gives_the_same_tokens()
    {
        await using var model = new WeatherModel();
        var whole = WeatherModel.History();
        var streamed = WeatherModel.History();
        await Ask(model, whole, streaming: false);
        await Ask(model, streamed, streaming: true);
        Assert.Equal(
            Prompts.Tokens([.. whole.Select(content => content.ToChatMessage())]),
            Prompts.Tokens([.. streamed.Select(content => content.ToChatMessage())]));
    }

    [Fact]
    public async Task A_stream_shows_the_text_before_the_calls_the_calls_and_the_answer()
    {
        await using var model = new WeatherModel();
        var pieces = await model.Service.GetStreamingChatMessageContentsAsync(
            WeatherModel.History(), WeatherModel.Auto(), model.Kernel).ToListAsync();
        Assert.Equal(
            WeatherModel.Text + "In short: rain in Zürich.",
            string.Concat(pieces.Select(piece => piece.Content)));
        Assert.Equal(
            2,
            pieces.SelectMany(piece => piece.Items)
                .OfType<StreamingFunctionCallUpdateContent>().Count());
        Assert.Equal(
            ["tool_calls", "stop"],
            pieces.Where(piece => piece.Metadata is not null)
                .Select(piece => piece.Metadata!["FinishReason"]));
    }

    [Fact]
    public async Task Calls_may_be_left_to_the_caller()
    {
        await using var model = new WeatherModel();
        var history = WeatherModel.History();
        var answer = await model.Service.GetChatMessageContentAsync(
            history, WeatherModel.Auto(autoInvoke: false), model.Kernel);
        Assert.Empty(model.Invocations);
        Assert.Equal(2, history.Count);
        history.Add(answer);
        foreach (var call in answer.Items.OfType<FunctionCallContent>())
            history.Add((await call.InvokeAsync(model.Kernel)).ToChatMessage());
        var last = await model.Service.GetChatMessageContentAsync(
            history, WeatherModel.Auto(autoInvoke: false), model.Kernel);
        Assert.Equal(["Oslo 1", "Zürich 2"], model.Invocations);
        Assert.Equal("In short: rain in Zürich.", last.Content);
    }

    [Fact]
    public async Task Calls_of_a_stream_come_together_in_the_kernels_builder()
    {
        await using var model = new WeatherModel();
        var history = WeatherModel.History();
        var builder = new FunctionCallContentBuilder();
        await foreach (var piece in model.Service.GetStreamingChatMessageContentsAsync(
            history, WeatherModel.Auto(autoInvoke: false), model.Kernel))
            builder.Append(piece);
        var calls = builder.Build();
        Assert.Equal(2, history.Count);
        Assert.Equal(["Oslo", "Zürich"], calls.Select(call => $"{call.Arguments!["city"]}"));
        foreach (var call in calls)
            await call.InvokeAsync(model.Kernel);
        Assert.Equal(["Oslo 1", "Zürich 2"], model.Invocations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_sees_every_call_and_may_end_the_loop(bool streaming)
    {
        await using var model = new WeatherModel();
        var filter = new EndsAfterFirst();
        model.Kernel.AutoFunctionInvocationFilters.Add(filter);
        var history = WeatherModel.History();
        var last = await Ask(model, history, streaming);
        Assert.Equal("Weather.Get", filter.Seen);
        Assert.Equal(["Oslo 1"], model.Invocations);
        Assert.Single(model.Engine.Executor.Samplings);
        if (!streaming)
            history.Add(last!);
        Assert.Equal(AuthorRole.Tool, history[^1].Role);
        Assert.Equal(AuthorRole.Assistant, history[^2].Role);
        Assert.Equal(4, history.Count);
    }

    [Fact]
    public async Task A_kernel_prompt_with_functions_works()
    {
        await using var model = new WeatherModel();
        var answer = await model.Kernel.InvokePromptAsync(
            "Oslo? Zürich?", new KernelArguments(WeatherModel.Auto()));
        Assert.Equal("In short: rain in Zürich.", $"{answer}");
    }

    private static async Task<ChatMessageContent?> Ask(
        WeatherModel model, ChatHistory history, bool streaming)
    {
        if (!streaming)
            return await model.Service.GetChatMessageContentAsync(
                history, WeatherModel.Auto(), model.Kernel);
        await model.Service.GetStreamingChatMessageContentsAsync(
            history, WeatherModel.Auto(), model.Kernel).ToListAsync();
        return null;
    }

    private sealed class EndsAfterFirst : IAutoFunctionInvocationFilter
    {
        public string? Seen { get; private set; }

        public async Task OnAutoFunctionInvocationAsync(
            AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
        {
            Seen = $"{context.Function.PluginName}.{context.Function.Name}";
            await next(context);
            context.Terminate = true;
        }
    }
}
