using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// All that an executor sees of a step: flat columns, one entry a row, rows in the policy's order.
/// A row is one sequence with the tokens of it that are computed in this step.
/// </summary>
/// <remarks>
/// For row r the tokens at positions [FirstPositions[r], FirstPositions[r] + TokenCounts[r]) of
/// TokenLogs[r] are computed: their K and V go to the slots that BlockTables[r] gives them, and
/// they attend to all positions up to their own. Everything before FirstPositions[r] is in the
/// cache. Where Samplings[r] is not null tokens are drawn from the logits of the row's last token,
/// one for each sample of <c>Draws[r]</c>. Before the rows, and in this order: all
/// <see cref="SwapOuts"/>, all <see cref="SwapIns"/>, all <see cref="Copies"/>.
/// <para>
/// A plan that is made while the step before it runs has rows whose last token that step draws.
/// Such a row is this one token, FirstPositions[r] = TokenLogs[r].Count, and the device takes it
/// from the samples of the step before, where <see cref="Awaited"/> says. The row may turn out to
/// be of a sequence that ended with that token: whatever it writes and draws is dropped then.
/// </para>
/// </remarks>
/// <param name="Id">The step.</param>
/// <param name="BlockSize">Tokens a block holds.</param>
/// <param name="Sequences">Which sequence a row is.</param>
/// <param name="FirstPositions">Position of the row's first token in its sequence.</param>
/// <param name="TokenCounts">Tokens of the row, at least 1.</param>
/// <param name="TokenLogs">The sequence's whole tokens: prompt, then output.</param>
/// <param name="PromptCounts">Tokens of the prompt, the head of the row's token log.</param>
/// <param name="BlockTables">Where K and V of the sequence lie.</param>
/// <param name="Samplings">
/// How to draw the next token; null when more of the prompt follows.
/// </param>
/// <param name="Draws">The samples that get a token; empty when more of the prompt follows.</param>
/// <param name="Forbidden">
/// Tokens that must not be drawn: end tokens before the minimum length.
/// </param>
/// <param name="Preempted">
/// Of each sequence that lost its blocks while this step was planned the request: one that lost
/// those of several samples stands there as many times.
/// </param>
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
    ImmutableArray<SampleRange> Draws,
    ImmutableArray<ImmutableArray<TokenId>> Forbidden,
    ImmutableArray<RequestId> Preempted)
{
    /// <summary>In <see cref="Awaited"/>: all tokens of the row are known.</summary>
    public const int None = -1;

    /// <summary>Rows of the plan, at least 1.</summary>
    public int Rows => Sequences.Length;

    /// <summary>Tokens computed by the step: at most the budget.</summary>
    public int TokensTotal => TokenCounts.AsSpan().Sum();

    /// <summary>
    /// For each row the sample of the step before that is its one token, an index into that step's
    /// <see cref="StepResult.Samples"/>, or <see cref="None"/>. Empty, the default: no row awaits
    /// a token.
    /// </summary>
    public ImmutableArray<int> Awaited { get; init; } = [];

    /// <summary>
    /// Blocks to copy before the rows run, so that a row writes to none that others hold. No block
    /// is written twice, and none is both read and written. Default none.
    /// </summary>
    public ImmutableArray<BlockCopy> Copies { get; init; } = [];

    /// <summary>Blocks that move to the host before all else. Default none.</summary>
    public ImmutableArray<BlockSwap> SwapOuts { get; init; } = [];

    /// <summary>
    /// Blocks that come back from the host; none while others move out. Default none.
    /// </summary>
    public ImmutableArray<BlockSwap> SwapIns { get; init; } = [];

    /// <summary>Tokens that the step draws.</summary>
    public int SamplesTotal
    {
        get
        {
            var samples = 0;
            foreach (var draw in Draws)
                samples += draw.Count;
            return samples;
        }
    }

    /// <summary>
    /// The tokens that row <paramref name="row"/> computes; none where it awaits its token.
    /// </summary>
    public ReadOnlySpan<TokenId> Tokens(int row) =>
        Awaits(row) ? [] : TokenLogs[row].Span.Slice(FirstPositions[row], TokenCounts[row]);

    /// <summary>Whether the token of row <paramref name="row"/> is not known yet.</summary>
    public bool Awaits(int row) => !Awaited.IsEmpty && Awaited[row] != None;

    /// <summary>Whether row <paramref name="row"/> draws a token.</summary>
    public bool Samples(int row) => Samplings[row] is not null;
}

/// <summary>The samples of a request in [First, First + Count).</summary>
/// <param name="First">The first, from 0.</param>
/// <param name="Count">How many; 0 = none.</param>
public readonly record struct SampleRange(int First, int Count);

/// <summary>K and V of a whole block, over all layers, move within the cache.</summary>
/// <param name="From">Keeps what it holds.</param>
/// <param name="To">Is overwritten.</param>
public readonly record struct BlockCopy(BlockId From, BlockId To);

/// <summary>
/// K and V of a whole block, over all layers, between the cache and the host's memory.
/// </summary>
/// <param name="Device">The block of the cache.</param>
/// <param name="Host">The block of the host's pool.</param>
public readonly record struct BlockSwap(BlockId Device, HostBlockId Host);
