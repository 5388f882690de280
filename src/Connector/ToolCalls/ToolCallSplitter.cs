namespace SkPaged.Connector.ToolCalls;

/// <summary>Takes an answer apart as it comes: text for the reader, calls for the caller.</summary>
internal abstract class ToolCallSplitter
{
    /// <summary>The calls that are complete so far, in the order written.</summary>
    public abstract IReadOnlyList<ToolCall> Calls { get; }

    /// <summary>The next piece of the answer.</summary>
    /// <returns>The text that is certainly no part of a call; often empty.</returns>
    public abstract string Push(string piece);

    /// <summary>The answer is over.</summary>
    /// <returns>The text held back, when it was no call after all.</returns>
    public abstract string Complete();
}
