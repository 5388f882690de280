namespace SkPaged.Connector.ToolCalls;

/// <summary>What the beginning of the text at hand is.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Characters of it; 0 = only more text can tell.</param>
/// <param name="Call">Of a call; else null.</param>
internal readonly record struct SplitStep(SplitKind Kind, int Length, ToolCall? Call)
{
    /// <summary>Only more text can tell.</summary>
    public static SplitStep Wait { get; }

    /// <summary>Text.</summary>
    public static SplitStep Text(int length) => new(SplitKind.Text, length, null);

    /// <summary>Space around calls.</summary>
    public static SplitStep Space(int length) => new(SplitKind.Space, length, null);

    /// <summary>A call, or text where it does not read as one.</summary>
    public static SplitStep CallOrText(int length, ToolCall? call) =>
        call is null ? Text(length) : new SplitStep(SplitKind.Call, length, call);
}
