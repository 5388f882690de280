namespace SkPaged.Engine.Pure;

/// <summary>
/// Blocks that a step has filled join the prefix index, so that others can share them. Only now:
/// a step that fails leaves nothing behind.
/// </summary>
internal static class Register
{
    /// <param name="config">The limits.</param>
    /// <param name="blocks">The pool.</param>
    /// <param name="sequence">With its computed tokens as the step leaves them.</param>
    /// <param name="tokens">How many of them the step computed.</param>
    public static Sequence Apply(
        SchedulerConfig config, ref BlockPoolEdit blocks, Sequence sequence, int tokens)
    {
        // What is known reaches up to what was computed before: only one that came back from the
        // host starts over.
        var isFilled = sequence.ComputedTokens % config.BlockSize < tokens;
        if (!config.PrefixCaching || (sequence.Content is not null && !isFilled))
            return sequence;
        var content = sequence.Content;
        for (var index = content?.Depth ?? 0;
            (index + 1) * config.BlockSize <= sequence.ComputedTokens;
            index++)
        {
            content = blocks.Register(
                sequence.Blocks[index],
                content,
                sequence.Request.CacheSalt,
                sequence.Tokens.Span.Slice(index * config.BlockSize, config.BlockSize));
        }

        return ReferenceEquals(content, sequence.Content)
            ? sequence
            : sequence with { Content = content };
    }
}
