using System.Text.Json;

namespace SkPaged.Connector.ToolCalls;

/// <summary>
/// <c>[TOOL_CALLS] [{"name": ..., "arguments": {...}}, ...]</c>, or in newer models
/// <c>[TOOL_CALLS]name[ARGS]{...}</c> once for each call, also with <c>[CALL_ID]id</c> before the
/// arguments. Both are read from any model; what is written is what its template shows.
/// </summary>
/// <param name="Named">Whether the template shows the newer form.</param>
/// <param name="Space">What stands between the mark and the array.</param>
/// <param name="HasIds">Of the newer form: whether an id follows the name.</param>
internal sealed record MistralFormat(bool Named, string Space, bool HasIds = false)
    : ToolCallFormat
{
    public const string Mark = "[TOOL_CALLS]";
    public const string CallId = "[CALL_ID]";
    public const string Arguments = "[ARGS]";

    public override IReadOnlyList<string> Marks => [Mark, CallId, Arguments];

    /// <summary>The form that a template shows.</summary>
    public static MistralFormat Of(string template) =>
        new(
            template.Contains(Arguments, StringComparison.Ordinal),
            template.Contains(Mark + " [", StringComparison.Ordinal) ? " " : "",
            template.Contains(CallId, StringComparison.Ordinal));

    public override string Opening(string? name) =>
        (name, Named) switch
        {
            (null, true) => Mark,
            (_, true) => Mark + name + (HasIds ? CallId : Arguments),
            (null, false) => $"{Mark}{Space}[{{\"name\":",
            (_, false) =>
                $"{Mark}{Space}[{{\"name\": {JsonSerializer.Serialize(name)}, \"arguments\":",
        };

    public override ToolCallSplitter CreateSplitter() => new MistralSplitter();
}
