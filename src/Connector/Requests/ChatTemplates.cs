using SkPaged.Connector.Templates;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Requests;

/// <summary>
/// The chat template of a model, and the one for requests with tools where it has two.
/// </summary>
internal sealed class ChatTemplates
{
    private readonly ChatTemplate _plain;
    private readonly ChatTemplate _tools;

    private ChatTemplates(ChatTemplate plain, ChatTemplate tools, ToolCallFormat? toolCalls) =>
        (_plain, _tools, ToolCalls) = (plain, tools, toolCalls);

    /// <summary>
    /// How the model calls tools, as its template shows; null = not in a known way.
    /// </summary>
    public ToolCallFormat? ToolCalls { get; }

    /// <summary>Compiles them.</summary>
    /// <param name="plain">The Jinja source.</param>
    /// <param name="tools">That for requests with tools; null = the same.</param>
    /// <exception cref="ChatTemplateException">One does not parse.</exception>
    public static ChatTemplates Compile(string plain, string? tools = null)
    {
        var compiled = ChatTemplate.Compile(plain);
        return new ChatTemplates(
            compiled,
            tools is null ? compiled : ChatTemplate.Compile(tools),
            ToolCallFormat.Of(tools ?? plain));
    }

    /// <summary>The one for a request.</summary>
    public ChatTemplate For(bool tools) => tools ? _tools : _plain;
}
