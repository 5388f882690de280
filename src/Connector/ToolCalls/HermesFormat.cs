using System.Text.Json;
using Microsoft.Extensions.AI;

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

    // It ends where the model itself would begin a new token: tokens of a forced call and of a
    // free one are then the same.
    public override string Opening(RequiredChatToolMode? required) =>
        required switch
        {
            null => "",
            { RequiredFunctionName: { } name } =>
                $"{Open}\n{{\"name\": {JsonSerializer.Serialize(name)}, \"arguments\":",
            _ => $"{Open}\n",
        };

    public override ToolCallSplitter CreateSplitter() => new HermesSplitter();
}
