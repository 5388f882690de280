namespace SkPaged.Engine.Pure;

/// <summary>
/// Blocks that a step has filled join the prefix index, so that others can share them. Only now:
/// a step that fails leaves nothing behind.
/// </summary>
internal static class Register
{
    /// <param name="config">The limits.</param>
    /// <param name="blocks">The pool.</param>
    /// <param name="sequence">As it was before the step.</param>
    /// <param name="tokens">How many of its tokens the step computed.</param>
    /// <returns>What its full blocks hold after the step.</returns>
    public static BlockContent? Apply(
        SchedulerConfig config, ref BlockPoolEdit blocks, Sequence sequence, int tokens)
    {
        // What is known reaches up to what was computed before: only one that came back from the
        // host starts over.
        var (content, computed) = (sequence.Content, sequence.ComputedTokens + tokens);
        var isFilled = computed % config.BlockSize < tokens;
        if (!config.PrefixCaching || (content is not null && !isFilled))
            return content;
        for (var index = content?.Depth ?? 0; (index + 1) * config.BlockSize <= computed; index++)
        {
            content = blocks.Register(
                sequence.Blocks[index],
                content,
                sequence.Request.CacheSalt,
                sequence.Tokens.Span.Slice(index * config.BlockSize, config.BlockSize));
        }

        return content;
    }
}
