namespace SkPaged.Connector.Responses;

/// <summary>The finish reasons as users of OpenAI's API know them.</summary>
internal static class FinishReasons
{
    public const string Stop = "stop";
    public const string Length = "length";
    public const string ToolCalls = "tool_calls";
}
