using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;

namespace SkPaged.Connector.Tests.ToolCalls;

/// <summary>
/// Where a call is required, the answer is a call of a tool that was given, or an exception that
/// says what it was in its place.
/// </summary>
public sealed class RequiredCallTests
{
    private const string Opening = "<tool_call>\n{\"name\":";
    private const string NamedOpening = Opening + " \"weather\", \"arguments\":";

    private static readonly AITool Weather = AIFunctionFactory.Create(
        (string city) => $"rain in {city}", "weather", "Tells the weather.");

    private static readonly AITool Time = AIFunctionFactory.Create(() => "noon", "time");

    public static TheoryData<string?, bool, string> Openings => new()
    {
        { null, true, Opening },
        { "weather", true, NamedOpening },
        // There is no other: it is as good as named.
        { null, false, NamedOpening },
    };

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task It_is_begun_for_the_model_as_far_as_there_is_no_choice(
        string? name, bool two, string opening)
    {
        var call = Call("weather");
        await using var engine = ScriptedEngine.Create(
            prompt => prompt.EndsWith($"assistant\n{opening}", StringComparison.Ordinal)
                ? call[opening.Length..]
                : "I would rather not.");
        AITool[] tools = two ? [Weather, Time] : [Weather];
        foreach (var response in await Both(engine, Options(name, tools)))
        {
            var told = Assert.IsType<FunctionCallContent>(
                Assert.Single(response.Messages[0].Contents));
            Assert.Equal("weather", told.Name);
            Assert.Equal("Oslo", $"{told.Arguments!["city"]}");
            Assert.Equal("", response.Text);
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        }
    }

    [Fact]
    public async Task A_named_one_is_the_only_one()
    {
        await using var engine = ScriptedEngine.Create(
            _ => Call("weather")[NamedOpening.Length..] + "\n" + Call("time"));
        foreach (var response in await Both(engine, Options("weather", [Weather, Time])))
            Assert.Equal(["weather"], Names(response));
    }

    [Fact]
    public async Task Of_any_there_may_be_several()
    {
        await using var engine = ScriptedEngine.Create(
            _ => Call("weather")[Opening.Length..] + "\n" + Call("time"));
        foreach (var response in await Both(engine, Options(null, [Weather, Time])))
            Assert.Equal(["weather", "time"], Names(response));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_that_was_not_given_is_told_by_its_name(bool streaming)
    {
        await using var engine = ScriptedEngine.Create(_ => Call("tide")[Opening.Length..]);
        var error = await Refused(engine, Options(null, [Weather, Time]), streaming);
        Assert.Equal(
            "A call of \"weather\" or \"time\" was required, but the answer calls \"tide\".",
            error.Message);
        Assert.Equal("weather time", string.Join(' ', error.Required));
        Assert.Equal("tide", Assert.Single(error.Called));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_is_no_call_is_told_with_what_it_says(bool streaming)
    {
        await using var engine = ScriptedEngine.Create(_ => " I would rather not.");
        var error = await Refused(engine, Options(null, [Weather, Time]), streaming);
        Assert.Equal(
            "A call of \"weather\" or \"time\" was required, but the answer is none.",
            error.Message);
        Assert.Equal($"{Opening} I would rather not.", error.Text);
        Assert.Empty(error.Called);
        Assert.Equal("stop", error.Result.FinishReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_a_limit_cuts_off_is_told_with_the_limit(bool streaming)
    {
        await using var engine = ScriptedEngine.Create(_ => Call("weather")[NamedOpening.Length..]);
        var options = Options(null, [Weather]);
        options.MaxOutputTokens = 7;
        var error = await Refused(engine, options, streaming);
        Assert.Equal(
            "A call of \"weather\" was required, but the answer was cut off within it, after 7 "
            + "tokens. Allow more by max_tokens.",
            error.Message);
        Assert.Equal("length", error.Result.FinishReason);
    }

    [Fact]
    public async Task Nothing_stays_taken_and_the_engine_goes_on()
    {
        await using var engine = ScriptedEngine.Create(_ => "No.");
        await Refused(engine, Options(null, [Weather]), streaming: true);
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
        Assert.Equal("No.", (await engine.Client.GetResponseAsync("?")).Text);
    }

    // One that has it does not make up for another: whoever asks for choices takes any of them.
    [Fact]
    public async Task Each_of_several_choices_must_have_it_and_none_that_is_not_chosen()
    {
        string[] says = [Call("weather")[NamedOpening.Length..], "No."];
        await using var engine = ScriptedEngine.CreateChoices((_, sample) => says[sample]);
        engine.Executor.Logprob = sample => -1 - sample;
        var options = Options(null, [Weather]);
        options.AdditionalProperties = new() { ["n"] = 2 };
        await Assert.ThrowsAsync<RequiredCallException>(
            () => engine.Client.GetResponseAsync("?", options));
        options.AdditionalProperties = new() { ["n"] = 1, ["best_of"] = 2 };
        Assert.Equal(["weather"], Names(await engine.Client.GetResponseAsync("?", options)));
    }

    // Behind an open <think> a call would be a thought.
    [Fact]
    public async Task What_the_template_began_to_think_is_ended_first()
    {
        var template = ChatMl.Template + "{{- '<think>\\n' }}{#- </think> #}";
        var setup = new ScriptedEngine.Setup { Template = template };
        const string Begun = "<think>\n\n</think>\n\n" + NamedOpening;
        await using var engine = ScriptedEngine.Create(
            prompt => prompt.EndsWith(Begun, StringComparison.Ordinal)
                ? Call("weather")[NamedOpening.Length..]
                : "No.",
            setup);
        foreach (var response in await Both(engine, Options(null, [Weather])))
        {
            Assert.Equal(["weather"], Names(response));
            Assert.Single(response.Messages[0].Contents);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_tells_the_same_and_leaves_the_history_as_it_was(bool streaming)
    {
        await using var model = new WeatherModel();
        await using var engine = ScriptedEngine.Create(_ => "No.");
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var history = WeatherModel.History();
        var settings = new PagedLlmPromptExecutionSettings
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Required(),
        };
        var error = await Assert.ThrowsAsync<RequiredCallException>(async () =>
        {
            if (streaming)
                await service.GetStreamingChatMessageContentsAsync(history, settings, model.Kernel)
                    .ToListAsync();
            else
                await service.GetChatMessageContentAsync(history, settings, model.Kernel);
        });
        Assert.Equal("Weather_Get", Assert.Single(error.Required));
        Assert.Equal(WeatherModel.History().Count, history.Count);
        Assert.Empty(model.Invocations);
    }

    private static ChatOptions Options(string? name, AITool[] tools) =>
        new() { Tools = [.. tools], ToolMode = new RequiredChatToolMode(name) };

    private static string Call(string name) =>
        $"<tool_call>\n{{\"name\": \"{name}\", \"arguments\": "
        + $"{JsonSerializer.Serialize(new { city = "Oslo" })}}}\n</tool_call>";

    private static async Task<ChatResponse[]> Both(ScriptedEngine engine, ChatOptions options) =>
    [
        await engine.Client.GetResponseAsync("?", options),
        await engine.Client.GetStreamingResponseAsync("?", options).ToChatResponseAsync(),
    ];

    private static Task<RequiredCallException> Refused(
        ScriptedEngine engine, ChatOptions options, bool streaming) =>
        Assert.ThrowsAsync<RequiredCallException>(() => streaming
            ? engine.Client.GetStreamingResponseAsync("?", options).ToChatResponseAsync()
            : engine.Client.GetResponseAsync("?", options));

    private static IEnumerable<string> Names(ChatResponse response) =>
        response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .Select(call => call.Name);
}
