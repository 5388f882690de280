namespace SkPaged.Connector;

/// <summary>How a family of models writes tool calls.</summary>
public enum ToolCallFamily
{
    /// <summary>
    /// <c>&lt;tool_call&gt;{"name": ..., "arguments": {...}}&lt;/tool_call&gt;</c>: Hermes,
    /// Qwen 2.5, Qwen 3 and the embedded model.
    /// </summary>
    Hermes,

    /// <summary>
    /// <c>{"name": ..., "parameters": {...}}</c> on a line of its own, or after
    /// <c>&lt;|python_tag|&gt;</c>: Llama 3.1, 3.2 and 3.3.
    /// </summary>
    Llama,

    /// <summary>
    /// <c>[TOOL_CALLS] [{"name": ..., "arguments": {...}}]</c> or
    /// <c>[TOOL_CALLS]name[ARGS]{...}</c>: Mistral.
    /// </summary>
    Mistral,
}
