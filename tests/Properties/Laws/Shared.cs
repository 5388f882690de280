using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Laws;

/// <summary>What can be shared, found by looking at every block there is.</summary>
internal static class Shared
{
    /// <summary>The whole text that a block stands for: its own tokens and all before it.</summary>
    public static ImmutableArray<TokenId> Text(this BlockContent? content) =>
        content is null ? [] : [.. content.Before.Text(), .. content.Tokens];

    /// <summary>
    /// Who waits, with the cached blocks that it could share in the state after the transition.
    /// </summary>
    public static Sequence With(Transition transition, Sequence waiting)
    {
        var (pool, size) = (transition.After.Blocks, transition.Config.BlockSize);
        var found = new List<BlockId>();
        while (transition.Config.PrefixCaching
            && (found.Count + 1) * size < waiting.Tokens.Count
            && Holding(pool, waiting, (found.Count + 1) * size) is { } block)
            found.Add(block);
        return waiting with
        {
            Blocks = BlockTable.Empty.Append([.. found]),
            ComputedTokens = found.Count * size,
            Content = found is [.., var last] ? pool.Content(last) : null,
        };
    }

    /// <summary>
    /// Whether somebody among those running is about to fill the block that it needs next.
    /// </summary>
    public static bool IsDue(Transition transition, Sequence newcomer) =>
        IsDue(transition, newcomer, transition.After.Running);

    /// <summary>Whether one of <paramref name="others"/> is about to fill its next block.</summary>
    public static bool IsDue(
        Transition transition, Sequence newcomer, IEnumerable<Sequence> others)
    {
        var known = newcomer.Content?.Depth ?? 0;
        var tokens = (known + 1) * transition.Config.BlockSize;
        return transition.Config.PrefixCaching
            && tokens < newcomer.Tokens.Count
            && others.Any(other => (other.Content?.Depth ?? 0) == known
                && other.Request.CacheSalt == newcomer.Request.CacheSalt
                && other.Tokens.Count >= tokens
                && other.Tokens.Span[..tokens].SequenceEqual(newcomer.Tokens.Span[..tokens]));
    }

    private static BlockId? Holding(BlockPool pool, Sequence waiting, int tokens) =>
        Enumerable.Range(0, pool.TotalCount)
            .Select(id => new BlockId(id))
            .Where(block => pool.Content(block) is { } content
                && content.Salt == waiting.Request.CacheSalt
                && content.Text().AsSpan().SequenceEqual(waiting.Tokens.Span[..tokens]))
            .Select(block => (BlockId?)block)
            .FirstOrDefault();
}
