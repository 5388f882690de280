namespace SkPaged.Engine.Pure;

/// <summary>
/// What of a sequence lies in the prefix cache already: the longest run of its full blocks, from
/// the first one on. Its last token is left out even then, since it must be computed to draw the
/// next one.
/// </summary>
/// <remarks>
/// Of the tokens: [0, ComputedTokens) cached, in blocks to be shared) [still to be computed).
/// </remarks>
internal static class Match
{
    /// <summary>The sequence with the blocks that it can share, if there are any.</summary>
    public static Sequence Of(ref StepDraft draft, Sequence sequence)
    {
        var (content, found) = (default(BlockContent), new List<BlockId>());
        while (Next(draft.Config, sequence, content) is { IsEmpty: false } tokens
            && draft.Blocks.Find(content, sequence.Request.CacheSalt, tokens) is { } block)
        {
            found.Add(block);
            content = draft.Blocks.Content(block);
        }

        return found.Count == 0 ? sequence : Shared(draft.Config, sequence, [.. found], content);
    }

    /// <summary>
    /// The tokens of the full block behind <paramref name="content"/>; empty where the sequence
    /// has no such block, or nothing is to be shared.
    /// </summary>
    public static ReadOnlySpan<TokenId> Next(
        SchedulerConfig config, Sequence sequence, BlockContent? content)
    {
        var first = (content?.Depth ?? 0) * config.BlockSize;
        return config.PrefixCaching && first + config.BlockSize < sequence.Tokens.Count
            ? sequence.Tokens.Span.Slice(first, config.BlockSize)
            : [];
    }

    private static Sequence Shared(
        SchedulerConfig config, Sequence sequence, BlockId[] blocks, BlockContent? content)
    {
        var tokens = blocks.Length * config.BlockSize;
        return sequence with
        {
            Blocks = BlockTable.Empty.Append(blocks),
            ComputedTokens = tokens,
            Content = content,
            CachedTokens = sequence.Preemptions > 0 ? sequence.CachedTokens : tokens,
        };
    }
}
