using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// All that an executor sees of a step: flat columns, one entry a row, rows in order of arrival.
/// A row is one sequence with the tokens of it that are computed in this step.
/// </summary>
/// <remarks>
/// For row r the tokens at positions [FirstPositions[r], FirstPositions[r] + TokenCounts[r]) of
/// TokenLogs[r] are computed: their K and V go to the slots that BlockTables[r] gives them, and
/// they attend to all positions up to their own. Everything before FirstPositions[r] is in the
/// cache. Where Samplings[r] is not null a token is drawn from the logits of the row's last token.
/// </remarks>
/// <param name="Id">The step.</param>
/// <param name="BlockSize">Tokens a block holds.</param>
/// <param name="Sequences">Which sequence a row is.</param>
/// <param name="FirstPositions">Position of the row's first token in its sequence.</param>
/// <param name="TokenCounts">Tokens of the row, at least 1.</param>
/// <param name="TokenLogs">The sequence's whole tokens: prompt, then output.</param>
/// <param name="PromptCounts">Tokens of the prompt, the head of the row's token log.</param>
/// <param name="BlockTables">Where K and V of the sequence lie.</param>
/// <param name="Samplings">How to draw the next token; null when more of the prompt follows.</param>
/// <param name="Forbidden">Tokens that must not be drawn: end tokens before the minimum length.</param>
/// <param name="Preempted">Requests that lost their blocks while this step was planned.</param>
public sealed record StepPlan(
    StepId Id,
    int BlockSize,
    ImmutableArray<SequenceId> Sequences,
    ImmutableArray<int> FirstPositions,
    ImmutableArray<int> TokenCounts,
    ImmutableArray<AppendLog<TokenId>> TokenLogs,
    ImmutableArray<int> PromptCounts,
    ImmutableArray<BlockTable> BlockTables,
    ImmutableArray<SamplingParams?> Samplings,
    ImmutableArray<ImmutableArray<TokenId>> Forbidden,
    ImmutableArray<RequestId> Preempted)
{
    /// <summary>Rows of the plan, at least 1.</summary>
    public int Rows => Sequences.Length;

    /// <summary>Tokens computed by the step: at most the budget.</summary>
    public int TokensTotal => TokenCounts.AsSpan().Sum();

    /// <summary>Rows that draw a token.</summary>
    public int SamplesTotal
    {
        get
        {
            var samples = 0;
            foreach (var sampling in Samplings)
                samples += sampling is null ? 0 : 1;
            return samples;
        }
    }

    /// <summary>The tokens that row <paramref name="row"/> computes.</summary>
    public ReadOnlySpan<TokenId> Tokens(int row) =>
        TokenLogs[row].Span.Slice(FirstPositions[row], TokenCounts[row]);

    /// <summary>Whether row <paramref name="row"/> draws a token.</summary>
    public bool Samples(int row) => Samplings[row] is not null;
}
