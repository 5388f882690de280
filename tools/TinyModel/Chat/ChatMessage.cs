namespace SkPaged.TinyModel.Chat;

/// <summary>A call of a tool by the model.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments as JSON, in the spacing of the chat template.</param>
public sealed record ToolCall(string Name, string Arguments);

/// <summary>A message of a chat.</summary>
/// <param name="Role">"system", "user", "assistant" or "tool".</param>
/// <param name="Content">The text; "" for an assistant's message that only calls tools.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>The calls that an assistant's message makes, in order.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>A system message.</summary>
    public static ChatMessage System(string content) => new("system", content);

    /// <summary>A user's message.</summary>
    public static ChatMessage User(string content) => new("user", content);

    /// <summary>A text by the model.</summary>
    public static ChatMessage Assistant(string content) => new("assistant", content);

    /// <summary>Calls by the model.</summary>
    public static ChatMessage Calling(params IReadOnlyList<ToolCall> calls) =>
        new("assistant", "") { Calls = calls };

    /// <summary>What a tool gave back.</summary>
    public static ChatMessage Tool(string content) => new("tool", content);
}
