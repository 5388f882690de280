using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using KernelCall = Microsoft.SemanticKernel.FunctionCallContent;
using ModelCall = Microsoft.Extensions.AI.FunctionCallContent;

namespace SkPaged.Connector.Requests;

/// <summary>
/// Semantic Kernel's messages -> those of the abstractions, with what its own conversion drops:
/// what a model thought, and the plugin of a call.
/// </summary>
internal static class KernelMessages
{
    /// <summary>The messages of a history, in order.</summary>
    public static IEnumerable<ChatMessage> Of(IEnumerable<ChatMessageContent> history) =>
        history.Select(Of);

    private static ChatMessage Of(ChatMessageContent content)
    {
        var message = content.ToChatMessage();
        foreach (var call in content.Items.OfType<KernelCall>())
            if (call.PluginName is { Length: > 0 } plugin)
                Name(message, call, plugin);
#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
        if (!message.Contents.OfType<TextReasoningContent>().Any())
            message.Contents =
            [
                .. content.Items.OfType<ReasoningContent>()
                    .Select(thought => new TextReasoningContent(thought.Text)),
                .. message.Contents,
            ];
#pragma warning restore SKEXP0110
        return message;
    }

    // As the tool is called that the model is shown.
    private static void Name(ChatMessage message, KernelCall call, string plugin)
    {
        for (var at = 0; at < message.Contents.Count; at++)
            if (message.Contents[at] is ModelCall found && found.CallId == call.Id
                && found.Name == call.FunctionName)
                message.Contents[at] =
                    new ModelCall(found.CallId, $"{plugin}_{call.FunctionName}", found.Arguments);
    }
}
