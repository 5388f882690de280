namespace SkPaged.Connector.ToolCalls;

/// <summary>What a part of an answer is.</summary>
internal enum SplitKind
{
    /// <summary>For the reader.</summary>
    Text,

    /// <summary>What the model thought.</summary>
    Reasoning,

    /// <summary>A tool to be called.</summary>
    Call,

    /// <summary>What stands around calls and reasoning: nobody's.</summary>
    Space,
}

/// <summary>
/// A part of an answer. The sources of all parts, put together, are the answer.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">As the model wrote it, never empty.</param>
/// <param name="Call">Of a call; else null.</param>
internal readonly record struct SplitPart(SplitKind Kind, string Source, ToolCall? Call);
