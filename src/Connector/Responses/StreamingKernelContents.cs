using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Requests;
using ModelCall = Microsoft.Extensions.AI.FunctionCallContent;
using ModelText = Microsoft.Extensions.AI.TextContent;

namespace SkPaged.Connector.Responses;

/// <summary>Updates of a chat client -> Semantic Kernel's, in the order they come.</summary>
internal sealed class StreamingKernelContents
{
    private string? _message;
    private int _request = -1;
    private int _calls;

    /// <summary>The content of an update: texts, calls, and the usage in the metadata.</summary>
    public StreamingChatMessageContent Next(ChatResponseUpdate update)
    {
        var choice = Choice(update);
        NoteMessage(update, choice is not null);
        var content = new StreamingChatMessageContent(
            update.Role is { } role ? new AuthorRole(role.Value) : null,
            null,
            update.RawRepresentation,
            choice ?? 0,
            update.ModelId,
            metadata: Metadata(update));
        foreach (var item in update.Contents)
        {
            if (item is ModelText text)
                content.Items.Add(
                    new StreamingTextContent(text.Text, choice ?? 0, update.ModelId));
#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
            else if (item is TextReasoningContent thought)
                content.Items.Add(
                    new StreamingReasoningContent(thought.Text)
                    {
                        ChoiceIndex = choice ?? 0,
                        ModelId = update.ModelId,
                    });
#pragma warning restore SKEXP0110
            else if (item is ModelCall call)
                content.Items.Add(Call(call));
        }

        return content;
    }

    private static int? Choice(ChatResponseUpdate update) =>
        update.AdditionalProperties?.GetValueOrDefault(PropertyNames.ChoiceIndex) as int?;

    // Each request of the model is one message; its calls are counted from 0. Choices are messages
    // of one request: their calls are counted together, as what puts calls together asks for
    // neither message nor choice.
    private void NoteMessage(ChatResponseUpdate update, bool isChoice)
    {
        if (update.Role != ChatRole.Assistant || update.MessageId == _message)
            return;
        if (isChoice && _request >= 0)
            return;
        _message = update.MessageId;
        _request++;
        _calls = 0;
    }

#pragma warning disable SKEXP0001 // Semantic Kernel's own builder of calls needs RequestIndex.
    private StreamingFunctionCallUpdateContent Call(ModelCall call) =>
        new(call.CallId, call.Name, ContentJson.ArgumentsText(call), _calls++)
        {
            RequestIndex = _request,
        };
#pragma warning restore SKEXP0001

    private static Dictionary<string, object?>? Metadata(ChatResponseUpdate update)
    {
        var usage = update.Contents.OfType<UsageContent>().FirstOrDefault();
        if (usage is null && update.AdditionalProperties is null && update.FinishReason is null)
            return null;
        var all = update.AdditionalProperties is null
            ? new Dictionary<string, object?>()
            : new Dictionary<string, object?>(update.AdditionalProperties);
        if (usage is not null)
            all[PropertyNames.Usage] = usage.Details;
        if (update.FinishReason is { } reason)
            all.TryAdd(PropertyNames.FinishReason, reason.Value);
        return all;
    }
}
