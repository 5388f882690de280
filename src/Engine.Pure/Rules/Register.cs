namespace SkPaged.Engine.Pure;

/// <summary>
/// Blocks that a step has filled join the prefix index, so that others can share them. Only now:
/// a step that fails leaves nothing behind.
/// </summary>
internal static class Register
{
    public static Sequence Apply(
        SchedulerConfig config, ref BlockPoolEdit blocks, Sequence sequence)
    {
        if (!config.PrefixCaching)
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
