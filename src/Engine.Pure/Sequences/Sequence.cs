using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A request on its way: its tokens so far, and the blocks that hold the KV of their beginning.
/// </summary>
/// <remarks>
/// [0, ComputedTokens) lies in the cache; [ComputedTokens, Tokens.Count) is still to be computed:
/// the rest of a prompt, or the one token drawn last. A preempted sequence keeps its tokens. Its
/// blocks move to the host, or it starts again at 0, and its output simply became prompt.
/// </remarks>
public sealed record Sequence
{
    // Every step writes a new row for each that runs: what seldom changes is shared among them.
    private readonly SequenceDetails _details = SequenceDetails.Initial;
    private readonly int _awaits = StepPlan.None;

    // Beside the row, so that a step of a thousand rows need not fetch as many requests: each is a
    // miss of the processor's cache, and of its table of pages.
    private readonly ImmutableArray<TokenId> _endTokens = [];

    // The two halves of its log, which side by side would be padded.
    private readonly AppendLog<TokenId>.Buffer? _tokens;
    private readonly int _tokensCount;
    private readonly int _promptTokens;
    private readonly int _fullAt;
    private readonly bool _isSingle;
    private readonly bool _hasMinimum;

    /// <summary>Its place in the order of arrival.</summary>
    public required SequenceId Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required Request Request
    {
        get => _details.Request!;
        init
        {
            _details = _details with { Request = value };
            RequestId = value.Id;
            _promptTokens = value.Prompt.Length;
            _fullAt = (int)Math.Min(int.MaxValue, (long)_promptTokens + value.Stop.MaxTokens);
            _endTokens = value.Stop.EndTokens;
            _isSingle = value is { Width: 1, Beams: null };
            _hasMinimum = value.Stop.MinTokens > 0;
            Sampling = value.Sampling;
        }
    }

    /// <summary>Whose it is.</summary>
    internal RequestId RequestId { get; private init; }

    /// <summary>How its tokens are drawn.</summary>
    internal SamplingParams Sampling { get; private init; } = null!;

    /// <summary>Whether its request draws nothing but it: no sample, no beam beside it.</summary>
    internal bool IsSingle => _isSingle;

    /// <summary>Whether its next token must not be an end token.</summary>
    internal bool IsTooShort => _hasMinimum && OutputTokens < Request.Stop.MinTokens;

    /// <summary>
    /// Which of its request's samples it is; the first, before it forks. Of beams its rank, the
    /// best first.
    /// </summary>
    public int Sample
    {
        get => _isSingle ? 0 : _details.Sample;
        init => _details =
            value == Sample ? _details : _details with { Sample = value };
    }

    /// <summary>
    /// Sequences that it counts for: as many as it will fork into with its first token, then 1. The
    /// last beam counts for those that are missing, since all may come back.
    /// </summary>
    public int Width => IsSingle ? 1
        : OutputTokens == 0 ? Request.Width
        : Beams is { } beams && Sample == beams.Living - 1 ? Request.Width - Sample
        : 1;

    /// <summary>Tokens that are drawn behind its own: one for each sample, or for a beam.</summary>
    internal int Draws => IsSingle || Request.Beams is not null ? 1 : Width;

    /// <summary>How far the search is that it is a beam of; null before its first token.</summary>
    internal BeamState? Beams
    {
        get => _details.Beams;
        init => _details =
            ReferenceEquals(value, Beams) ? _details : _details with { Beams = value };
    }

    /// <summary>Prompt, then output.</summary>
    public required AppendLog<TokenId> Tokens
    {
        get => new(_tokens, _tokensCount);
        init => (_tokens, _tokensCount) = (value.Storage, value.Count);
    }

    /// <summary>Where its KV lies; empty while it waits.</summary>
    public BlockTable Blocks { get; init; } = BlockTable.Empty;

    /// <summary>
    /// Where its KV lies while it is swapped out: blocks of the host's pool. Empty otherwise.
    /// </summary>
    public BlockTable HostBlocks
    {
        get => _details.HostBlocks;
        init => _details =
            ReferenceEquals(value, HostBlocks) ? _details : _details with { HostBlocks = value };
    }

    /// <summary>Whether its KV waits in the host's memory.</summary>
    public bool IsSwapped => HostBlocks.Count > 0;

    /// <summary>Tokens whose KV is in the cache.</summary>
    public int ComputedTokens { get; init; }

    /// <summary>
    /// What its full blocks hold, up to the last one that is computed; null = none is, or nothing
    /// is to be shared.
    /// </summary>
    internal BlockContent? Content { get; init; }

    /// <summary>Prompt tokens that were in the prefix cache when it first ran.</summary>
    public int CachedTokens
    {
        get => _details.CachedTokens;
        init => _details =
            value == CachedTokens ? _details : _details with { CachedTokens = value };
    }

    /// <summary>
    /// Sum of the log probabilities of its output; kept of beams, and where samples are ranked.
    /// </summary>
    internal double Logprobs
    {
        get => _isSingle ? 0 : _details.Logprobs;
        init
        {
            if (!value.Equals(Logprobs))
                _details = _details with { Logprobs = value };
        }
    }

    /// <summary>Times its blocks were taken from it.</summary>
    public int Preemptions
    {
        get => _details.Preemptions;
        init => _details =
            value == Preemptions ? _details : _details with { Preemptions = value };
    }

    /// <summary>
    /// Which sample of the step in flight is to be its next token; null = all its tokens are
    /// known. Only while a step is planned ahead, never in a state.
    /// </summary>
    internal int? Awaits
    {
        get => _awaits == StepPlan.None ? null : _awaits;
        init => _awaits = value ?? StepPlan.None;
    }

    /// <summary>Its tokens, and the one that it awaits.</summary>
    internal int Length => Awaits is null ? Tokens.Count : Tokens.Count + 1;

    /// <summary>Tokens of its prompt.</summary>
    internal int PromptTokens => _promptTokens;

    /// <summary>Tokens generated so far.</summary>
    public int OutputTokens => Length - _promptTokens;

    /// <summary>Tokens still to be computed, at least 1.</summary>
    public int PendingTokens => Length - ComputedTokens;

    /// <summary>
    /// Why it ends with <paramref name="last"/>, its last token, if it does. The request's rule is
    /// only asked where it may say so.
    /// </summary>
    /// <param name="last">The token just generated.</param>
    /// <param name="lengthMax">The most tokens any sequence may have.</param>
    internal FinishReason? Ending(TokenId last, int lengthMax) =>
        IsFull(Tokens.Count, lengthMax) || _endTokens.AsSpan().Contains(last)
            ? Request.Stop.Check(last, OutputTokens, Tokens.Count, lengthMax)
            : null;

    /// <summary>Whether it ends with so many tokens, whatever they are.</summary>
    /// <param name="tokens">Prompt and output.</param>
    /// <param name="lengthMax">The most tokens any sequence may have.</param>
    internal bool IsFull(int tokens, int lengthMax) => tokens >= Math.Min(_fullAt, lengthMax);

    /// <summary>What it consumed so far.</summary>
    public Usage Usage =>
        new(_promptTokens, OutputTokens, CachedTokens, Preemptions);

    /// <summary>The sequence that <paramref name="request"/> starts as.</summary>
    public static Sequence Of(SequenceId id, Request request) =>
        new() { Id = id, Request = request, Tokens = AppendLog<TokenId>.From(request.Prompt) };
}
