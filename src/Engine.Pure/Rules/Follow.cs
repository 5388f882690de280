namespace SkPaged.Engine.Pure;

/// <summary>
/// Requests that begin alike and arrive together compute what they share once. Where somebody who
/// runs is about to fill the very block that a newcomer needs next, the newcomer waits for it.
/// </summary>
/// <remarks>
/// Nobody waits in vain: whoever runs computes its known tokens within a bounded number of steps,
/// or leaves those running, and then the newcomer computes them itself.
/// </remarks>
internal static class Follow
{
    /// <summary>Whether the next block of <paramref name="newcomer"/> is being computed.</summary>
    public static bool IsDue(ref StepDraft draft, Sequence newcomer)
    {
        var tokens = Match.Next(draft.Config, newcomer, newcomer.Content);
        if (tokens.IsEmpty)
            return false;
        for (var index = 0; index < draft.RunningCount; index++)
        {
            if (Fills(draft.Config, draft.Running(index), newcomer, tokens))
                return true;
        }

        return false;
    }

    // The same content up to now, and known tokens that go on the same.
    private static bool Fills(
        SchedulerConfig config, Sequence leader, Sequence newcomer, ReadOnlySpan<TokenId> tokens)
    {
        // Most leaders are far beyond their first block, and most newcomers are at it.
        if (leader.Content is null != newcomer.Content is null)
            return false;
        var first = (newcomer.Content?.Depth ?? 0) * config.BlockSize;
        return (leader.Content?.Depth ?? 0) * config.BlockSize == first
            && first + tokens.Length <= leader.Tokens.Count
            && leader.Tokens.Span.Slice(first, tokens.Length).SequenceEqual(tokens)
            && string.Equals(
                leader.Request.CacheSalt, newcomer.Request.CacheSalt, StringComparison.Ordinal)
            && Equals(leader.Content, newcomer.Content);
    }
}
