using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using ModelCall = Microsoft.Extensions.AI.FunctionCallContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace SkPaged.Connector.Tests.Service;

/// <summary>
/// Whatever is known of an answer is told by every way of asking for it: client or service, whole
/// or as it comes.
/// </summary>
public sealed class ParityTests
{
    private const string Says =
        "<think>\nHm.\n</think>\n\nLet me look.\n<tool_call>\n"
        + "{\"name\": \"look\", \"arguments\": {\"at\": \"it\"}}\n</tool_call>";

    // In no token's text.
    private const char End = '\u0001';

    private static readonly KernelFunction s_look =
        KernelFunctionFactory.CreateFromMethod((string at) => at, "look");

    private static PagedLlmPromptExecutionSettings Settings =>
        new()
        {
            TopLogprobs = 2,
            Seed = 1,
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto([s_look], autoInvoke: false),
        };

    [Fact]
    public async Task All_ways_tell_the_same()
    {
        await using var engine = ScriptedEngine.Create(_ => Says);
        await Client(engine);
        var told = new List<Told>
        {
            await Client(engine), await ClientStream(engine),
            await Service(engine), await ServiceStream(engine),
        };
        Assert.Equal("Hm.", told[0].Thought);
        Assert.Equal("Let me look.", told[0].Text);
        Assert.Equal("look {\"at\":\"it\"}", told[0].Calls);
        Assert.Equal("tool_calls", told[0].FinishReason);
        Assert.Equal("scripted", told[0].ModelId);
        Assert.True(told[0].Cached > 0);
        Assert.True(told[0].Reasoning > 0);
        Assert.Equal(told[0].Output, told[0].LogProbabilities.Count(letter => letter == End));
        Assert.True(told[0].HasId);
        Assert.All(told, each => Assert.Equal(told[0], each));
    }

    [Fact]
    public async Task Of_several_choices_all_ways_tell_the_same()
    {
        await using var engine = ScriptedEngine.CreateChoices((_, sample) => $"{sample}: yes");
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var settings = new PagedLlmPromptExecutionSettings { N = 3, MaxTokens = 5 };
        ChatHistory history = [new(AuthorRole.User, "?")];
        var options = settings.ToChatOptions(null);
        var messages = (await engine.Client.GetResponseAsync("?", options)).Messages
            .Select(message => message.Text);
        var streamed = (await engine.Client.GetStreamingResponseAsync("?", options)
            .ToChatResponseAsync()).Messages.Select(message => message.Text);
        var contents = (await service.GetChatMessageContentsAsync(history, settings))
            .Select(content => content.Content!);
        var pieces = await service.GetStreamingChatMessageContentsAsync(history, settings)
            .ToListAsync();
        var choices = pieces.GroupBy(piece => piece.ChoiceIndex).OrderBy(choice => choice.Key)
            .Select(choice => string.Concat(choice.Select(piece => piece.Content)));
        string[] expected = ["0: ye", "1: ye", "2: ye"];
        Assert.Equal(expected, messages);
        Assert.Equal(expected, streamed);
        Assert.Equal(expected, contents);
        Assert.Equal(expected, choices);
        Assert.Single(history);
    }

    private static async Task<Told> Client(ScriptedEngine engine)
    {
        var response = await engine.Client.GetResponseAsync(
            Messages(), Settings.ToChatOptions(new()));
        var message = response.Messages.Single();
        return Of(
            message.Contents,
            response.FinishReason?.Value,
            response.Usage!,
            response.ModelId,
            message.AdditionalProperties!,
            response.ResponseId,
            Logprobs(message.AdditionalProperties!));
    }

    private static async Task<Told> ClientStream(ScriptedEngine engine)
    {
        var updates = await engine.Client.GetStreamingResponseAsync(
            Messages(), Settings.ToChatOptions(new())).ToListAsync();
        var response = updates.ToChatResponse();
        return Of(
            response.Messages.Single().Contents,
            response.FinishReason?.Value,
            response.Usage!,
            updates.Select(update => update.ModelId).Distinct().Single(),
            updates[^1].AdditionalProperties!,
            updates.Select(update => update.ResponseId).Distinct().Single(),
            string.Concat(updates.Select(update => Logprobs(update.AdditionalProperties))));
    }

    private static async Task<Told> Service(ScriptedEngine engine)
    {
        var content = await new PagedLlmChatCompletionService(engine.Engine)
            .GetChatMessageContentAsync(WeatherModel.History(), Settings, new Kernel());
        return Of(
            content.ToChatMessage().Contents.Concat(Thoughts(content.Items)),
            (string?)content.Metadata!["FinishReason"],
            (UsageDetails)content.Metadata["Usage"]!,
            content.ModelId,
            content.Metadata,
            (string?)content.Metadata["Id"],
            Logprobs(content.Metadata));
    }

    private static async Task<Told> ServiceStream(ScriptedEngine engine)
    {
        var pieces = await new PagedLlmChatCompletionService(engine.Engine)
            .GetStreamingChatMessageContentsAsync(WeatherModel.History(), Settings, new Kernel())
            .ToListAsync();
        var builder = new FunctionCallContentBuilder();
        pieces.ForEach(builder.Append);
        List<AIContent> contents =
        [
            new TextContent(string.Concat(pieces.Select(piece => piece.Content))),
            .. builder.Build().Select(call => new ModelCall(
                call.Id!, call.FunctionName, call.Arguments!.ToDictionary())),
        ];
#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
        contents.Add(new TextReasoningContent(string.Concat(pieces.SelectMany(piece => piece.Items)
            .OfType<StreamingReasoningContent>().Select(item => item.Text))));
#pragma warning restore SKEXP0110
        var last = pieces[^1].Metadata!;
        return Of(
            contents,
            (string?)last["FinishReason"],
            (UsageDetails)last["Usage"]!,
            pieces.Select(piece => piece.ModelId).Distinct().Single(),
            last,
            (string?)last["Id"],
            string.Concat(pieces.Select(piece => Logprobs(piece.Metadata))));
    }

    private static Told Of(
        IEnumerable<AIContent> contents,
        string? finishReason,
        UsageDetails usage,
        string? modelId,
        IReadOnlyDictionary<string, object?> properties,
        string? id,
        string logProbabilities) =>
        new(
            string.Concat(contents.OfType<TextReasoningContent>().Select(item => item.Text)),
            string.Concat(contents.OfType<TextContent>().Select(item => item.Text)),
            string.Concat(contents.OfType<ModelCall>().Select(
                call => $"{call.Name} {JsonSerializer.Serialize(call.Arguments)}")),
            finishReason,
            modelId,
            usage.InputTokenCount,
            usage.OutputTokenCount,
            usage.CachedInputTokenCount,
            usage.ReasoningTokenCount,
            logProbabilities,
            id?.StartsWith("response_", StringComparison.Ordinal) == true
                && properties["Id"] as string == id,
            properties["CreatedAt"] is DateTimeOffset,
            string.Join(' ', properties.Keys.Where(key => key != "Usage").Order()));

#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
    private static IEnumerable<TextReasoningContent> Thoughts(IEnumerable<KernelContent> items) =>
        items.OfType<ReasoningContent>().Select(item => new TextReasoningContent(item.Text));
#pragma warning restore SKEXP0110

    private static string Logprobs(IReadOnlyDictionary<string, object?>? properties) =>
        properties?.GetValueOrDefault("ContentTokenLogProbabilities")
            is IReadOnlyCollection<TokenLogProbability> tokens
            ? string.Concat(tokens.Select(token =>
                $"{token.Token} {token.LogProbability} of {string.Join(' ', token.Top)}{End}"))
            : "";

    private static IEnumerable<ChatMessage> Messages() =>
        WeatherModel.History().Select(content => content.ToChatMessage());

    private sealed record Told(
        string Thought,
        string Text,
        string Calls,
        string? FinishReason,
        string? ModelId,
        long? Input,
        long? Output,
        long? Cached,
        long? Reasoning,
        string LogProbabilities,
        bool HasId,
        bool HasTime,
        string Keys);
}
