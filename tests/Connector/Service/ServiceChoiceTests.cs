using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Service;

public sealed class ServiceChoiceTests
{
    private static readonly string[] Says = ["first", "the second, longer", "third"];

    [Fact]
    public async Task Each_choice_is_a_content_and_the_history_gets_none()
    {
        await using var engine = Create();
        var history = History();
        var contents = await new PagedLlmChatCompletionService(engine.Engine)
            .GetChatMessageContentsAsync(history, Choices(3));
        Assert.Equal(Says, contents.Select(content => content.Content));
        Assert.Single(history);
        Assert.All(contents, content => Assert.Equal("stop", content.Metadata!["FinishReason"]));
        Assert.Equal([0, 1, 2], contents.Select(content => content.Metadata!["ChoiceIndex"]));
        Assert.Equal(
            [0, 1, 2],
            contents.Select(content => ((PagedLlmResult)content.InnerContent!).Choice));
        var usage = Assert.Single(
            contents.Select(content => content.Metadata!.GetValueOrDefault("Usage")),
            found => found is not null);
        Assert.Equal(
            Says.Sum(text => text.Length + 1), ((UsageDetails)usage!).OutputTokenCount);
    }

    [Fact]
    public async Task A_stream_tells_choices_apart_by_their_index_and_says_the_same()
    {
        await using var engine = Create();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var history = History();
        var pieces = await service.GetStreamingChatMessageContentsAsync(history, Choices(3))
            .ToListAsync();
        var texts = Says.Select(_ => new StringBuilder()).ToArray();
        foreach (var piece in pieces)
            texts[piece.ChoiceIndex].Append(piece.Content);
        Assert.Equal(Says, texts.Select(text => $"{text}"));
        Assert.Single(history);
        Assert.All(
            pieces.SelectMany(piece => piece.Items.Select(item => (piece, item))),
            pair => Assert.Equal(pair.piece.ChoiceIndex, pair.item.ChoiceIndex));
        Assert.Equal(
            [0, 1, 2],
            pieces.Select(piece => piece.InnerContent).OfType<PagedLlmResult>()
                .Select(result => result.Choice).Order());
        Assert.Single(pieces, piece => piece.Metadata?.ContainsKey("Usage") == true);
        Assert.True(pieces[^1].Metadata!.ContainsKey("Usage"));
    }

    [Fact]
    public async Task A_stream_mixes_choices_as_they_are_drawn()
    {
        await using var engine = Create();
        var pieces = await new PagedLlmChatCompletionService(engine.Engine)
            .GetStreamingChatMessageContentsAsync(History(), Choices(3)).ToListAsync();
        Assert.Equal("ftt", string.Concat(pieces.Take(3).Select(piece => piece.Content)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Choices_cannot_go_with_functions_invoked_automatically(bool streaming)
    {
        await using var model = new WeatherModel();
        var settings = WeatherModel.Auto();
        settings.N = 2;
        var error = await Assert.ThrowsAsync<ChatOptionsException>(async () =>
        {
            if (streaming)
                await model.Service.GetStreamingChatMessageContentsAsync(
                    WeatherModel.History(), settings, model.Kernel).ToListAsync();
            else
                await model.Service.GetChatMessageContentsAsync(
                    WeatherModel.History(), settings, model.Kernel);
        });
        Assert.Equal(
            "n is 2; it must be 1 where functions are invoked automatically.", error.Message);
    }

    [Fact]
    public async Task Calls_of_choices_may_be_left_to_the_caller()
    {
        await using var model = new WeatherModel();
        var settings = WeatherModel.Auto(autoInvoke: false);
        settings.N = 2;
        var contents = await model.Service.GetChatMessageContentsAsync(
            WeatherModel.History(), settings, model.Kernel);
        Assert.Equal(
            [2, 2],
            contents.Select(content => content.Items
                .OfType<Microsoft.SemanticKernel.FunctionCallContent>().Count()));
        var builder = new FunctionCallContentBuilder();
        await foreach (var piece in model.Service.GetStreamingChatMessageContentsAsync(
            WeatherModel.History(), settings, model.Kernel))
            builder.Append(piece);
        var calls = builder.Build();
        Assert.Equal(4, calls.Count);
        Assert.All(calls, call => Assert.Equal("Weather_Get", call.FunctionName));
        Assert.Empty(model.Invocations);
    }

    [Fact]
    public async Task A_prompt_function_gives_all_choices()
    {
        await using var engine = Create();
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(engine.Engine);
        var result = await builder.Build().InvokePromptAsync(
            "?", new KernelArguments(Choices(3)));
        Assert.Equal(
            Says,
            result.GetValue<IReadOnlyList<ChatMessageContent>>()!.Select(one => one.Content));
    }

    private static ScriptedEngine Create() =>
        ScriptedEngine.CreateChoices((_, sample) => Says[sample]);

    private static ChatHistory History() => [new(AuthorRole.User, "?")];

    private static PagedLlmPromptExecutionSettings Choices(int count) => new() { N = count };
}
