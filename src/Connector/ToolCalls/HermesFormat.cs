using System.Text.Json;

namespace SkPaged.Connector.ToolCalls;

/// <summary>
/// <c>&lt;tool_call&gt;\n{"name": ..., "arguments": {...}}\n&lt;/tool_call&gt;</c>, once for each
/// call, after the text. Hermes, Qwen 2.5, Qwen 3 and the embedded model.
/// </summary>
internal sealed record HermesFormat : ToolCallFormat
{
    public const string Open = "<tool_call>";
    public const string Close = "</tool_call>";

    private HermesFormat()
    {
    }

    public static HermesFormat Instance { get; } = new();

    public override IReadOnlyList<string> Marks => [Open, Close];

    public override string Opening(string? name) =>
        name is null
            ? $"{Open}\n{{\"name\":"
            : $"{Open}\n{{\"name\": {JsonSerializer.Serialize(name)}, \"arguments\":";

    public override ToolCallSplitter CreateSplitter() => new HermesSplitter();
}
