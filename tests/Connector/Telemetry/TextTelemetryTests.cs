using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Telemetry;

/// <summary>A raw prompt is told of as a chat is, by the name of its own operation.</summary>
public sealed class TextTelemetryTests
{
    private static readonly PagedLlmPromptExecutionSettings s_settings = new()
    {
        MaxTokens = 50,
        Temperature = 0.5f,
        TopP = 0.9f,
        TopK = 7,
        Seed = 3,
        FrequencyPenalty = 0.1f,
        PresencePenalty = 0.2f,
        StopSequences = ["STOP", "END"],
    };

    private readonly string _model = $"texted {Guid.NewGuid()}";

    // Microsoft.Extensions.AI makes the one and we the other: neither knows more than the other.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_span_has_what_that_of_a_chat_has(bool streaming)
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Scripted();
        var chat = new PagedLlmChatCompletionService(engine.Engine);
        if (streaming)
            await chat.GetStreamingChatMessageContentsAsync("Hi", s_settings).ToListAsync();
        else
            await chat.GetChatMessageContentsAsync("Hi", s_settings);
        await Ask(new PagedLlmTextGenerationService(engine.Engine), "Hi", s_settings, streaming);

        var (first, second) = (told.Chats.Single(), Texts(told).Single());
        Assert.Equal($"text_completion {_model}", second.DisplayName);
        Assert.Equal((first.Kind, first.Status), (second.Kind, second.Status));
        Assert.Equal(Tags(first).Order(), Tags(second).Order());
        Assert.Equal(5, second.GetTagItem("gen_ai.usage.output_tokens"));

        static IEnumerable<string> Tags(Activity span) =>
            from tag in span.TagObjects
            where tag.Key is not ("gen_ai.operation.name" or "gen_ai.response.id"
                or "gen_ai.output.type" or "gen_ai.usage.input_tokens")
            select $"{tag.Key} = {tag.Value} ({tag.Value?.GetType().Name})";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_measures_it_by_its_operation(bool streaming)
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Scripted();
        await Ask(new PagedLlmTextGenerationService(engine.Engine), "Hi", null, streaming);

        var duration = Assert.Single(told.Of("gen_ai.client.operation.duration"));
        Assert.True(duration.Value > 0);
        Assert.Equal("text_completion", duration.Tags["gen_ai.operation.name"]);
        Assert.Equal("skpaged", duration.Tags["gen_ai.provider.name"]);
        Assert.Equal(
            [("input", 2d), ("output", 5d)],
            told.Of("gen_ai.client.token.usage")
                .Select(one => ($"{one.Tags["gen_ai.token.type"]}", one.Value)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_prompt_is_told_of_with_the_type_of_its_error(bool streaming)
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Scripted();
        var service = new PagedLlmTextGenerationService(engine.Engine);
        var wrong = new PagedLlmPromptExecutionSettings { Temperature = -1 };
        await Assert.ThrowsAsync<ChatOptionsException>(
            () => Ask(service, "Hi", wrong, streaming));

        var span = Assert.Single(Texts(told));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        var type = typeof(ChatOptionsException).FullName;
        Assert.Equal(type, span.GetTagItem("error.type"));
        Assert.Equal(
            type, Assert.Single(told.Of("gen_ai.client.operation.duration")).Tags["error.type"]);
    }

    [Fact]
    public async Task Leaving_a_stream_ends_its_span()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Scripted();
        var service = new PagedLlmTextGenerationService(engine.Engine);
        await foreach (var _ in service.GetStreamingTextContentsAsync("Hi"))
            break;
        Assert.Null(Assert.Single(Texts(told)).GetTagItem("error.type"));
    }

    [Fact]
    public async Task Nothing_of_the_prompt_is_in_a_span()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Scripted();
        await new PagedLlmTextGenerationService(engine.Engine).GetTextContentsAsync("secret");
        Assert.DoesNotContain(
            Assert.Single(Texts(told)).TagObjects, tag => $"{tag.Value}".Contains("secret"));
    }

    [Fact]
    public async Task A_registration_may_give_it_a_name_of_its_own_and_disposal_ends_it()
    {
        using var told = new TelemetryListener(_model, "mine");
        await using var engine = Scripted();
        var services = new ServiceCollection();
        services.AddPagedLlmTextGeneration(engine.Engine, openTelemetrySourceName: "mine");
        var provider = services.BuildServiceProvider();
        var service = provider.GetRequiredService<ITextGenerationService>();
        await service.GetTextContentsAsync("Hi");
        Assert.Single(Texts(told));
        await provider.DisposeAsync();
        await service.GetTextContentsAsync("Hi");
        Assert.Single(Texts(told));
    }

    // A service that is made for each of many calls leaves nothing behind.
    [Fact]
    public async Task A_chat_service_that_is_disposed_tells_no_more_and_still_answers()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = Scripted();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        service.Dispose();
        Assert.Equal("Hey.", (await service.GetChatMessageContentAsync("Hi")).Content);
        Assert.Empty(told.Spans);
    }

    private ScriptedEngine Scripted() =>
        ScriptedEngine.Create(_ => "Hey.", new() { ModelId = _model });

    private static List<Activity> Texts(TelemetryListener told) =>
    [
        .. told.Spans.Where(span =>
            Equals(span.GetTagItem("gen_ai.operation.name"), "text_completion")),
    ];

    private static async Task Ask(
        PagedLlmTextGenerationService service,
        string prompt,
        PromptExecutionSettings? settings,
        bool streaming)
    {
        if (streaming)
            await service.GetStreamingTextContentsAsync(prompt, settings).ToListAsync();
        else
            await service.GetTextContentsAsync(prompt, settings);
    }
}
