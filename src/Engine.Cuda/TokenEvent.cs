using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>What a caller of the engine loop reads: tokens, then exactly one end.</summary>
public abstract record TokenEvent
{
    private TokenEvent()
    {
    }

    /// <summary>The next token.</summary>
    public sealed record Token(SampledToken Sample) : TokenEvent;

    /// <summary>The end: stop, length or abort. An error is thrown instead.</summary>
    public sealed record Finished(FinishReason Reason, Usage Usage) : TokenEvent;
}
