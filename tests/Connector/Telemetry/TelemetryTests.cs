using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Telemetry;

/// <summary>What a listener hears of calls: spans, the client's metrics, the server's.</summary>
public sealed class TelemetryTests
{
    private readonly string _model = $"told {Guid.NewGuid()}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_is_a_span_with_its_model_its_end_and_its_tokens(bool streaming)
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Echo();
        var (history, settings) = (
            new ChatHistory("Be brief."),
            new PagedLlmPromptExecutionSettings { MaxTokens = 50 });
        history.AddUserMessage("Good morning, all of you who are here today.");
        await Ask(Service(engine), history, settings, streaming);
        await Ask(Service(engine), history, settings, streaming);

        Assert.Equal(2, told.Chats.Count);
        Assert.All(told.Chats, span =>
        {
            Assert.Equal($"chat {_model}", span.DisplayName);
            Assert.Equal(ActivityKind.Client, span.Kind);
            Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
            Assert.Equal("skpaged", span.GetTagItem("gen_ai.provider.name"));
            Assert.Equal(_model, span.GetTagItem("gen_ai.response.model"));
            Assert.Equal(50, span.GetTagItem("gen_ai.request.max_tokens"));
            Assert.Equal("""["stop"]""", $"{span.GetTagItem("gen_ai.response.finish_reasons")}");
            Assert.True((int)span.GetTagItem("gen_ai.usage.input_tokens")! > 50);
            Assert.Equal(45, span.GetTagItem("gen_ai.usage.output_tokens"));
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
        });
        var cached = told.Chats.Select(
            span => span.GetTagItem("gen_ai.usage.cache_read.input_tokens")).ToList();
        Assert.Equal(0, cached[0]);
        Assert.True((int)cached[1]! >= 48, $"{cached[1]} cached");
    }

    [Fact]
    public async Task Nothing_of_what_was_said_is_in_a_span_unless_it_is_asked_for()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Echo();
        await Service(engine).GetChatMessageContentAsync("secret");
        var open = Provider(services => services.AddPagedLlmChatCompletion(
            engine.Engine, openTelemetryConfig: client => client.EnableSensitiveData = true));
        await open.GetRequiredService<IChatCompletionService>()
            .GetChatMessageContentAsync("secret");

        Assert.Equal(2, told.Chats.Count);
        Assert.DoesNotContain(told.Chats[0].TagObjects, Tells);
        Assert.Contains(told.Chats[1].TagObjects, Tells);

        static bool Tells(KeyValuePair<string, object?> tag) =>
            $"{tag.Value}".Contains("secret", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_call_is_a_span_with_the_type_of_its_error()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Echo();
        await Assert.ThrowsAsync<ChatOptionsException>(() => Service(engine)
            .GetChatMessageContentAsync(
                "Hi", new PagedLlmPromptExecutionSettings { Temperature = -1 }));

        var span = Assert.Single(told.Chats);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(typeof(ChatOptionsException).FullName, span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Every_turn_of_the_model_and_every_function_is_a_span()
    {
        using var told = new TelemetryListener("scripted");
        await using var model = new WeatherModel();
        await model.Service.GetChatMessageContentAsync(
            WeatherModel.History(), WeatherModel.Auto(), model.Kernel);

        Assert.Equal(
            [
                "chat scripted", "execute_tool Weather_Get", "execute_tool Weather_Get",
                "chat scripted", "orchestrate_tools",
            ],
            told.Spans.Select(span => span.DisplayName));
        Assert.All(
            told.Spans.SkipLast(1),
            span => Assert.Equal(told.Spans[^1].SpanId, span.ParentSpanId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Several_choices_are_one_span(bool streaming)
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Echo();
        await Ask(Service(engine), [new(AuthorRole.User, "Hi")], new() { N = 3 }, streaming);

        var span = Assert.Single(told.Spans);
        Assert.Equal(9, span.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Single(told.Of("gen_ai.server.request.duration"));
    }

    [Fact]
    public async Task A_registration_may_give_its_calls_a_name_of_their_own()
    {
        using var told = new TelemetryListener(_model, "mine");
        await using var engine = Echo();
        var services = Provider(services => services.AddPagedLlmChatClient(
            engine.Engine, openTelemetrySourceName: "mine"));
        await services.GetRequiredService<IChatClient>().GetResponseAsync("Hi");

        Assert.Single(told.Chats);
        Assert.Contains(told.All, measured => measured.Name == "gen_ai.client.token.usage");
        Assert.DoesNotContain(told.All, measured => measured.Name.Contains("server"));
    }

    private ScriptedEngine Echo() =>
        ScriptedEngine.Create(ScriptedEngine.LastUser, new() { ModelId = _model });

    private static PagedLlmChatCompletionService Service(ScriptedEngine engine) =>
        new(engine.Engine);

    private static ServiceProvider Provider(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider();
    }

    private static async Task Ask(
        PagedLlmChatCompletionService service,
        ChatHistory history,
        PagedLlmPromptExecutionSettings settings,
        bool streaming)
    {
        if (!streaming)
            await service.GetChatMessageContentsAsync(history, settings);
        else
            await foreach (var _ in service.GetStreamingChatMessageContentsAsync(
                history, settings))
            {
            }
    }
}
