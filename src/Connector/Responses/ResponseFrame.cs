using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Responses;

/// <summary>
/// Puts the parts of one answer into the abstractions' types. Ids, model and time are the same on
/// everything that it makes, so that updates come together again as one message.
/// </summary>
internal sealed class ResponseFrame
{
    private readonly string _modelId;
    private readonly DateTimeOffset _createdAt;
    private readonly string _unique = Guid.NewGuid().ToString("N");
    private readonly string _responseId;
    private readonly string _messageId;
    private int _calls;

    public ResponseFrame(string modelId, DateTimeOffset createdAt)
    {
        (_modelId, _createdAt) = (modelId, createdAt);
        (_responseId, _messageId) = ("response_" + _unique, "message_" + _unique);
    }

    /// <summary>
    /// A part as an update; the last one carries usage, finish reason and result.
    /// </summary>
    public ChatResponseUpdate Update(AnswerPart part) =>
        part switch
        {
            AnswerPart.Text text => Update(new TextContent(text.Value), text.LogProbabilities),
            AnswerPart.Call call => Update(Content(call.Value), []),
            AnswerPart.End end => LastUpdate(end),
            _ => throw new InvalidOperationException($"There is no update for {part}."),
        };

    /// <summary>All parts as a response.</summary>
    /// <param name="text">The texts of the parts.</param>
    /// <param name="calls">The calls of the parts.</param>
    /// <param name="result">The end of the parts.</param>
    public ChatResponse Response(string text, IReadOnlyList<ToolCall> calls, PagedLlmResult result)
    {
        List<AIContent> contents = text.Length > 0 ? [new TextContent(text)] : [];
        contents.AddRange(calls.Select(Content));
        var message = new ChatMessage(ChatRole.Assistant, contents)
        {
            MessageId = _messageId,
            CreatedAt = _createdAt,
            RawRepresentation = result,
            AdditionalProperties = Properties(result, result.LogProbabilities),
        };
        return new ChatResponse(message)
        {
            ResponseId = _responseId,
            ModelId = _modelId,
            CreatedAt = _createdAt,
            FinishReason = new ChatFinishReason(result.FinishReason),
            Usage = Usage(result),
            RawRepresentation = result,
        };
    }

    private ChatResponseUpdate LastUpdate(AnswerPart.End end)
    {
        var update = Update(new UsageContent(Usage(end.Result)), []);
        update.FinishReason = new ChatFinishReason(end.Result.FinishReason);
        update.AdditionalProperties = Properties(end.Result, end.LogProbabilities);
        update.RawRepresentation = end.Result;
        return update;
    }

    private ChatResponseUpdate Update(
        AIContent content, ImmutableArray<TokenLogProbability> logProbabilities) =>
        new(ChatRole.Assistant, [content])
        {
            ResponseId = _responseId,
            MessageId = _messageId,
            ModelId = _modelId,
            CreatedAt = _createdAt,
            AdditionalProperties = logProbabilities.IsEmpty
                ? null
                : new() { [PropertyNames.LogProbabilities] = logProbabilities },
        };

    private FunctionCallContent Content(ToolCall call) =>
        new(
            $"call_{_unique}_{_calls++}",
            call.Name,
            call.Arguments.ToDictionary(pair => pair.Key, object? (pair) => pair.Value));

    private AdditionalPropertiesDictionary Properties(
        PagedLlmResult result, ImmutableArray<TokenLogProbability> logProbabilities)
    {
        var properties = new AdditionalPropertiesDictionary
        {
            [PropertyNames.FinishReason] = result.FinishReason,
            [PropertyNames.Id] = _responseId,
            [PropertyNames.CreatedAt] = _createdAt,
        };
        if (!logProbabilities.IsEmpty)
            properties[PropertyNames.LogProbabilities] = logProbabilities;
        return properties;
    }

    private static UsageDetails Usage(PagedLlmResult result) =>
        new()
        {
            InputTokenCount = result.PromptTokens,
            OutputTokenCount = result.OutputTokens.Length,
            TotalTokenCount = result.PromptTokens + result.OutputTokens.Length,
            CachedInputTokenCount = result.CachedTokens,
        };
}
