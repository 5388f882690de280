using System.Collections.Immutable;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Responses;

/// <summary>
/// What a reader of an answer gets: of each choice reasoning, then texts, then calls, then one
/// end, the choices mixed; and after several choices what all of them used.
/// </summary>
internal abstract record AnswerPart
{
    private AnswerPart()
    {
    }

    /// <summary>Which of the choices goes on, from 0.</summary>
    public int Choice { get; init; }

    /// <summary>Some text, never empty.</summary>
    /// <param name="Value">The text.</param>
    /// <param name="LogProbabilities">Of the tokens read since the last part.</param>
    public sealed record Text(string Value, ImmutableArray<TokenLogProbability> LogProbabilities)
        : AnswerPart;

    /// <summary>Some of what the model thought, never empty.</summary>
    /// <inheritdoc cref="Text"/>
    public sealed record Reasoning(
        string Value, ImmutableArray<TokenLogProbability> LogProbabilities) : AnswerPart;

    /// <summary>A tool to be called.</summary>
    public sealed record Call(ToolCall Value) : AnswerPart;

    /// <summary>The end of a choice.</summary>
    /// <param name="Result">All of the choice.</param>
    /// <param name="LogProbabilities">Of the tokens read since the last text.</param>
    /// <param name="Usage">Of the whole answer, if this is its only choice; else null.</param>
    public sealed record End(
        PagedLlmResult Result,
        ImmutableArray<TokenLogProbability> LogProbabilities,
        AnswerUsage? Usage) : AnswerPart;

    /// <summary>Several choices have ended.</summary>
    /// <param name="Usage">Of the whole answer.</param>
    /// <param name="FinishReason">That of the first choice.</param>
    public sealed record Close(AnswerUsage Usage, string FinishReason) : AnswerPart;
}

/// <summary>What an answer of any number of choices used.</summary>
/// <param name="PromptTokens">Tokens of the prompt, which all choices share.</param>
/// <param name="CachedTokens">Those of them that the prefix cache held.</param>
/// <param name="OutputTokens">Of all that was drawn, chosen or not.</param>
/// <param name="ReasoningTokens">Those of them that the model thought with.</param>
internal sealed record AnswerUsage(
    int PromptTokens, int CachedTokens, int OutputTokens, int ReasoningTokens);
