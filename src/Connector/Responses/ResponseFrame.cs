using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Requests;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Responses;

/// <summary>
/// Puts the parts of one answer into the abstractions' types. Ids, model and time are the same on
/// everything that it makes of a choice, so that updates come together again as one message.
/// </summary>
internal sealed class ResponseFrame
{
    private readonly string _modelId;
    private readonly DateTimeOffset _createdAt;
    private readonly int _choices;
    private readonly string _unique = Guid.NewGuid().ToString("N");
    private readonly string _responseId;
    private readonly string[] _messageIds;
    private int _calls;

    /// <summary>A frame.</summary>
    /// <param name="modelId">The model's name.</param>
    /// <param name="createdAt">When it was asked.</param>
    /// <param name="choices">Choices of the answer, at least 1.</param>
    public ResponseFrame(string modelId, DateTimeOffset createdAt, int choices)
    {
        (_modelId, _createdAt, _choices) = (modelId, createdAt, choices);
        _responseId = "response_" + _unique;
        _messageIds = [.. Enumerable.Range(0, choices).Select(
            choice => choice == 0 ? $"message_{_unique}" : $"message_{_unique}_{choice}")];
    }

    /// <summary>
    /// A part as an update; that at the end of a choice carries its finish reason and result, the
    /// last one the usage.
    /// </summary>
    public ChatResponseUpdate Update(AnswerPart part) =>
        part switch
        {
            AnswerPart.Reasoning thought => Update(
                part.Choice, new TextReasoningContent(thought.Value), thought.LogProbabilities),
            AnswerPart.Text text =>
                Update(part.Choice, new TextContent(text.Value), text.LogProbabilities),
            AnswerPart.Call call => Update(part.Choice, Content(call.Value), []),
            AnswerPart.End end => EndOfChoice(end),
            AnswerPart.Close close => EndOfAll(close),
            _ => throw new InvalidOperationException($"There is no update for {part}."),
        };

    /// <summary>All parts as a response: a message for each choice, in order.</summary>
    /// <param name="contents">The choices, all ended.</param>
    /// <param name="usage">Of all of them.</param>
    public ChatResponse Response(IReadOnlyList<ChoiceContent> contents, AnswerUsage usage)
    {
        var first = contents[0].Result!;
        return new ChatResponse([.. contents.Select(Message)])
        {
            ResponseId = _responseId,
            ModelId = _modelId,
            CreatedAt = _createdAt,
            FinishReason = new ChatFinishReason(first.FinishReason),
            Usage = Details(usage),
            RawRepresentation = first,
        };
    }

    private ChatMessage Message(ChoiceContent choice)
    {
        var result = choice.Result!;
        List<AIContent> contents = [];
        if (choice.Reasoning is { Length: > 0 } thought)
            contents.Add(new TextReasoningContent(thought));
        if (choice.Text is { Length: > 0 } text)
            contents.Add(new TextContent(text));
        contents.AddRange(choice.Calls.Select(Content));
        return new ChatMessage(ChatRole.Assistant, contents)
        {
            MessageId = _messageIds[result.Choice],
            CreatedAt = _createdAt,
            RawRepresentation = result,
            AdditionalProperties = Properties(result, result.LogProbabilities),
        };
    }

    private ChatResponseUpdate EndOfChoice(AnswerPart.End end)
    {
        var update = Update(
            end.Choice, end.Usage is { } usage ? new UsageContent(Details(usage)) : null, []);
        update.FinishReason = new ChatFinishReason(end.Result.FinishReason);
        update.AdditionalProperties = Properties(end.Result, end.LogProbabilities);
        update.RawRepresentation = end.Result;
        return update;
    }

    // It says the finish reason of the whole, as what puts updates together takes the last one.
    private ChatResponseUpdate EndOfAll(AnswerPart.Close close)
    {
        var update = Update(close.Choice, new UsageContent(Details(close.Usage)), []);
        update.AdditionalProperties = null;
        update.FinishReason = new ChatFinishReason(close.FinishReason);
        return update;
    }

    private ChatResponseUpdate Update(
        int choice, AIContent? content, ImmutableArray<TokenLogProbability> logProbabilities)
    {
        var update = new ChatResponseUpdate(
            ChatRole.Assistant, content is null ? [] : (List<AIContent>)[content])
        {
            ResponseId = _responseId,
            MessageId = _messageIds[choice],
            ModelId = _modelId,
            CreatedAt = _createdAt,
        };
        if (_choices > 1)
            (update.AdditionalProperties ??= [])[PropertyNames.ChoiceIndex] = choice;
        if (!logProbabilities.IsEmpty)
            (update.AdditionalProperties ??= [])[PropertyNames.LogProbabilities] =
                logProbabilities;
        return update;
    }

    private FunctionCallContent Content(ToolCall call) =>
        call.ToContent(CallOrdinals.CallId(_unique, _calls++, call.Id));

    private AdditionalPropertiesDictionary Properties(
        PagedLlmResult result, ImmutableArray<TokenLogProbability> logProbabilities)
    {
        var properties = new AdditionalPropertiesDictionary
        {
            [PropertyNames.FinishReason] = result.FinishReason,
            [PropertyNames.Id] = _responseId,
            [PropertyNames.CreatedAt] = _createdAt,
        };
        if (result.GeneratedTurn is { } turn)
            properties[PropertyNames.GeneratedTurn] = turn;
        if (_choices > 1)
            properties[PropertyNames.ChoiceIndex] = result.Choice;
        if (!logProbabilities.IsEmpty)
            properties[PropertyNames.LogProbabilities] = logProbabilities;
        return properties;
    }

    private static UsageDetails Details(AnswerUsage usage) =>
        new()
        {
            InputTokenCount = usage.PromptTokens,
            OutputTokenCount = usage.OutputTokens,
            TotalTokenCount = usage.PromptTokens + usage.OutputTokens,
            CachedInputTokenCount = usage.CachedTokens,
            ReasoningTokenCount = usage.ReasoningTokens > 0 ? usage.ReasoningTokens : null,
        };
}
