using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Requests;

/// <summary>The tools of a request, and how free the model is to call them.</summary>
/// <param name="Tools">Rendered, and called; empty = none.</param>
/// <param name="Format">How the model writes calls; null without tools.</param>
/// <param name="Required">What must be called; null = the model is free.</param>
/// <param name="OneCall">
/// Whether at most one call is wanted, or can be shown to the model again.
/// </param>
internal sealed record ToolChoice(
    IReadOnlyList<AITool> Tools,
    ToolCallFormat? Format,
    RequiredCall? Required,
    bool OneCall)
{
    /// <summary>No tools.</summary>
    public static ToolChoice Nothing { get; } = new([], null, null, false);

    /// <summary>
    /// The beginning of the answer that makes it a call; empty where the model is free.
    /// </summary>
    public string Opening => Required is { } call ? Format!.Opening(call.Name) : "";

    /// <summary>
    /// The choice that the options describe. Tools that must not be called are not shown.
    /// </summary>
    /// <param name="options">The caller's.</param>
    /// <param name="format">What the model's template shows; null = nothing that is known.</param>
    /// <param name="modelId">For the message.</param>
    /// <exception cref="ChatRequestException">
    /// There are tools and the model takes none, or a tool that is required is not there.
    /// </exception>
    public static ToolChoice Of(ChatOptions? options, ToolCallFormat? format, string modelId)
    {
        var required = options?.ToolMode as RequiredChatToolMode;
        if (options?.Tools is not { Count: > 0 } tools || options.ToolMode is NoneChatToolMode)
            return required is null
                ? Nothing
                : throw new ChatRequestException(
                    "A tool call is required, but there are no tools.");
        if (format is null)
            throw new ChatRequestException(
                $"The request has {tools.Count} tools, but the chat template of \"{modelId}\" "
                + "shows no form of tool call that is known; known are "
                + $"{string.Join(", ", Enum.GetNames<ToolCallFamily>())}. The option ToolCalls "
                + "names one.");
        var name = required?.RequiredFunctionName;
        if (name is not null && tools.All(tool => tool.Name != name))
            throw new ChatRequestException(
                $"The tool \"{name}\" is required, but it is none of the {tools.Count} given.");
        ImmutableArray<string> names =
            name is null ? [.. tools.Select(tool => tool.Name).Distinct()] : [name];
        return new ToolChoice(
            [.. tools],
            format,
            required is null ? null : new RequiredCall(names),
            OneCall: options.AllowMultipleToolCalls == false
                || name is not null
                || format.TakesOneCall);
    }
}
