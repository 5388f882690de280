using Microsoft.Extensions.AI;

namespace SkPaged.Connector.ToolCalls;

/// <summary>How a family of models writes tool calls.</summary>
internal abstract record ToolCallFormat
{
    /// <summary>
    /// The format that the chat template shows, or null when it shows none we read.
    /// </summary>
    /// <param name="template">The Jinja source.</param>
    public static ToolCallFormat? Of(string template) =>
        template.Contains(HermesFormat.Open, StringComparison.Ordinal)
            ? HermesFormat.Instance
            : null;

    /// <summary>
    /// What the answer must begin with so that it is a call, or one of a given tool; empty when
    /// the model is free. It becomes the end of the prompt.
    /// </summary>
    public abstract string Opening(RequiredChatToolMode? required);

    /// <summary>A splitter for one answer.</summary>
    /// <param name="opening">What <see cref="Opening"/> put into the prompt.</param>
    public abstract ToolCallSplitter CreateSplitter(string opening);
}
