using System.Text.Json;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.ToolCalls;

/// <summary>
/// <c>[TOOL_CALLS] [{"name": ..., "arguments": {...}}, ...]</c>, or in newer models
/// <c>[TOOL_CALLS]name[ARGS]{...}</c> once for each call, also with <c>[CALL_ID]id</c> before the
/// arguments. Both are read from any model; what is written is what its template shows.
/// </summary>
/// <param name="Named">Whether the template shows the newer form.</param>
/// <param name="Space">What stands between the mark and the array.</param>
internal sealed record MistralFormat(bool Named, string Space) : ToolCallFormat
{
    public const string Mark = "[TOOL_CALLS]";
    public const string CallId = "[CALL_ID]";
    public const string Arguments = "[ARGS]";

    public override IReadOnlyList<string> Marks => [Mark, CallId, Arguments];

    /// <summary>The form that a template shows.</summary>
    public static MistralFormat Of(string template) =>
        new(
            template.Contains(Arguments, StringComparison.Ordinal),
            template.Contains(Mark + " [", StringComparison.Ordinal) ? " " : "");

    // Ends where the model itself would begin a new token.
    public override string Opening(RequiredChatToolMode? required) =>
        (required, Named) switch
        {
            (null, _) => "",
            ({ RequiredFunctionName: { } name }, true) => Mark + name + Arguments,
            (_, true) => Mark,
            ({ RequiredFunctionName: { } name }, false) =>
                $"{Mark}{Space}[{{\"name\": {JsonSerializer.Serialize(name)}, \"arguments\":",
            _ => $"{Mark}{Space}[{{\"name\":",
        };

    public override ToolCallSplitter CreateSplitter() => new MistralSplitter();
}
