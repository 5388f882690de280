using SkPaged.Connector.Reasoning;
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
    private readonly bool _thinks;

    private ChatTemplates(
        ChatTemplate plain, ChatTemplate tools, ToolCallFormat? toolCalls, bool thinks) =>
        (_plain, _tools, ToolCalls, _thinks) = (plain, tools, toolCalls, thinks);

    /// <summary>
    /// How the model calls tools; null = not in a known way.
    /// </summary>
    public ToolCallFormat? ToolCalls { get; }

    /// <summary>Compiles them.</summary>
    /// <param name="plain">The Jinja source.</param>
    /// <param name="tools">That for requests with tools; null = the same.</param>
    /// <param name="family">
    /// How the model calls tools; null = as the template for tools shows.
    /// </param>
    /// <exception cref="ChatTemplateException">One does not parse.</exception>
    public static ChatTemplates Compile(
        string plain, string? tools = null, ToolCallFamily? family = null)
    {
        var compiled = ChatTemplate.Compile(plain);
        return new ChatTemplates(
            compiled,
            tools is null ? compiled : ChatTemplate.Compile(tools),
            ToolCallFormat.Of(tools ?? plain, family),
            plain.Contains(ReasoningSplitter.Close, StringComparison.Ordinal));
    }

    /// <summary>
    /// Whether the answer to a prompt begins with what the model thinks, as far as its template
    /// shows. An answer that was begun for it does not, unless the prompt has begun the thinking.
    /// </summary>
    /// <param name="prompt">As it was rendered.</param>
    /// <param name="opening">The beginning of the answer that follows it.</param>
    public ReasoningStart Reasoning(string prompt, string opening) =>
        BeginsReasoning(prompt) ? ReasoningStart.Begun
        : !_thinks || opening.Length > 0 ? ReasoningStart.Never
        : ReasoningStart.IfMarked;

    /// <summary>
    /// The beginning of an answer as it stands behind a prompt: where that has begun the thinking,
    /// it is ended first, with nothing thought.
    /// </summary>
    /// <param name="prompt">As it was rendered.</param>
    /// <param name="opening">Of the answer itself, often empty.</param>
    public string Opening(string prompt, string opening) =>
        opening.Length > 0 && BeginsReasoning(prompt)
            ? $"\n{ReasoningSplitter.Close}\n\n{opening}"
            : opening;

    /// <summary>The one for a request.</summary>
    public ChatTemplate For(bool tools) => tools ? _tools : _plain;

    private bool BeginsReasoning(string prompt) =>
        _thinks && prompt.AsSpan().TrimEnd().EndsWith(ReasoningSplitter.Open);
}
