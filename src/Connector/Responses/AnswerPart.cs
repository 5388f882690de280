using System.Collections.Immutable;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Responses;

/// <summary>What a reader of an answer gets, in order: texts, then calls, then one end.</summary>
internal abstract record AnswerPart
{
    private AnswerPart()
    {
    }

    /// <summary>Some text, never empty.</summary>
    /// <param name="Value">The text.</param>
    /// <param name="LogProbabilities">Of the tokens read since the last part.</param>
    public sealed record Text(string Value, ImmutableArray<TokenLogProbability> LogProbabilities)
        : AnswerPart;

    /// <summary>A tool to be called.</summary>
    public sealed record Call(ToolCall Value) : AnswerPart;

    /// <summary>The end.</summary>
    /// <param name="Result">All of the answer.</param>
    /// <param name="LogProbabilities">Of the tokens read since the last text.</param>
    public sealed record End(
        PagedLlmResult Result, ImmutableArray<TokenLogProbability> LogProbabilities) : AnswerPart;
}
