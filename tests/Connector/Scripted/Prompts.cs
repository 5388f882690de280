using Microsoft.Extensions.AI;
using SkPaged.Connector.Requests;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>Requests as tokens, without an engine.</summary>
internal static class Prompts
{
    public const int MaxLength = 4096;

    public static ChatRequest Build(
        IReadOnlyList<ChatMessage> messages,
        ChatOptions? options = null,
        SamplingParams? sampling = null,
        int? maxTokens = null,
        string template = ChatMl.Template)
    {
        var templates = ChatTemplates.Compile(template);
        return new ChatRequestBuilder(
            "scripted",
            ByteTokenizer.Instance,
            templates,
            templates.ToolCalls,
            new ModelDefaults(
                sampling ?? SamplingParams.Greedy,
                [ByteTokenizer.TurnEnd],
                maxTokens,
                ByteTokenizer.VocabularySize),
            MaxLength).Build(messages, options);
    }

    public static ChatRequest Build(ChatOptions options) =>
        Build([new(ChatRole.User, "?")], options);

    public static TokenId[] Tokens(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) =>
        [.. Build(messages, options).Prompt];

    public static string Text(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) =>
        ByteTokenizer.Instance.Decode(
            Build(messages, options).Prompt.AsSpan(), skipSpecialTokens: false);
}
