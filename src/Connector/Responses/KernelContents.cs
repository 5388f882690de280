using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using KernelCall = Microsoft.SemanticKernel.FunctionCallContent;
using KernelResult = Microsoft.SemanticKernel.FunctionResultContent;
using KernelText = Microsoft.SemanticKernel.TextContent;
using ModelCall = Microsoft.Extensions.AI.FunctionCallContent;
using ModelResult = Microsoft.Extensions.AI.FunctionResultContent;
using ModelText = Microsoft.Extensions.AI.TextContent;

namespace SkPaged.Connector.Responses;

/// <summary>Responses of a chat client -> Semantic Kernel's contents, with nothing lost.</summary>
internal static class KernelContents
{
    /// <summary>
    /// The messages of a response. The last one carries what is said of the whole.
    /// </summary>
    public static IReadOnlyList<ChatMessageContent> Of(ChatResponse response)
    {
        var names = CallNames(response.Messages);
        List<ChatMessageContent> contents =
            [.. response.Messages.Select(message => Of(message, response, names))];
        if (contents is [.., var last])
            last.Metadata = WithWhole(last.Metadata, response);
        return contents;
    }

    private static ChatMessageContent Of(
        ChatMessage message, ChatResponse response, IReadOnlyDictionary<string, string> names)
    {
        var content = new ChatMessageContent
        {
            Role = new AuthorRole(message.Role.Value),
            InnerContent = message.RawRepresentation,
            ModelId = response.ModelId,
            Metadata = message.AdditionalProperties is { Count: > 0 } properties
                ? new Dictionary<string, object?>(properties)
                : null,
        };
        foreach (var item in message.Contents)
            if (Of(item, names) is { } translated)
                content.Items.Add(translated);
        return content;
    }

    private static KernelContent? Of(
        AIContent content, IReadOnlyDictionary<string, string> names) =>
        content switch
        {
            ModelText text => new KernelText(text.Text),
#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
            TextReasoningContent thought => new ReasoningContent(thought.Text),
#pragma warning restore SKEXP0110
            ModelCall call => new KernelCall(
                call.Name, null, call.CallId, call.Arguments is null ? null : new(call.Arguments))
            {
                Exception = call.Exception,
            },
            ModelResult result => new KernelResult(
                names.GetValueOrDefault(result.CallId), null, result.CallId, result.Result),
            _ => null,
        };

    private static Dictionary<string, string> CallNames(IEnumerable<ChatMessage> messages)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var call in messages.SelectMany(message => message.Contents).OfType<ModelCall>())
            names[call.CallId] = call.Name;
        return names;
    }

    private static Dictionary<string, object?> WithWhole(
        IReadOnlyDictionary<string, object?>? metadata, ChatResponse response)
    {
        var all = new Dictionary<string, object?>(metadata ?? new Dictionary<string, object?>());
        if (response.Usage is { } usage)
            all[PropertyNames.Usage] = usage;
        if (response.FinishReason is { } reason)
            all.TryAdd(PropertyNames.FinishReason, reason.Value);
        return all;
    }
}
