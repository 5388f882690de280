using System.Text.Json;

namespace SkPaged.Connector.ToolCalls;

/// <summary>
/// <c>{"name": ..., "parameters": {...}}</c> on a line of its own, with or without
/// <c>&lt;|python_tag|&gt;</c> before it; several with semicolons or line breaks between. Llama
/// 3.1, 3.2 and 3.3. (Python code after the tag is text.)
/// </summary>
/// <param name="OneCall">Whether its template takes one call a turn only.</param>
internal sealed record LlamaFormat(bool OneCall) : ToolCallFormat
{
    public const string Tag = "<|python_tag|>";

    public override bool TakesOneCall => OneCall;

    public override IReadOnlyList<string> Marks => [Tag];

    /// <summary>Whether a template shows this form.</summary>
    public static bool IsIn(string template) =>
        template.Contains(Tag, StringComparison.Ordinal)
        || (template.Contains("{\"name\": ", StringComparison.Ordinal)
            && template.Contains("\"parameters\": ", StringComparison.Ordinal));

    public override string Opening(string? name) =>
        name is null
            ? "{\"name\":"
            : $"{{\"name\": {JsonSerializer.Serialize(name)}, \"parameters\":";

    public override ToolCallSplitter CreateSplitter() => new LlamaSplitter();
}
