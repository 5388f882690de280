namespace SkPaged.Engine.Pure;

/// <summary>How beams are searched and their hypotheses ranked.</summary>
public sealed record BeamParams
{
    /// <summary>
    /// Beams kept from step to step, 2 .. 16. All of them run at once and may come to share the
    /// full blocks of the prompt alone, so a beam ends by length where it has filled those and its
    /// part of the pool's other blocks: (blocks - shared) / width, rounded down.
    /// </summary>
    public required int Width { get; init; }

    /// <summary>
    /// A hypothesis is worth its log probability / (its output tokens) ^ this: above 0 favours
    /// long ones, below 0 short ones. -10 .. 10, default 1.
    /// </summary>
    public float LengthPenalty { get; init; } = 1;

    /// <summary>When the search ends before the length does. Default: by the heuristic.</summary>
    public EarlyStopping EarlyStopping { get; init; }
}

/// <summary>
/// When a beam search with as many hypotheses as beams ends. Source: transformers'
/// <c>early_stopping</c>: false, true and "never".
/// </summary>
public enum EarlyStopping
{
    /// <summary>
    /// When the best beam, were it to end now, would be worth no more than the worst hypothesis.
    /// </summary>
    Heuristic,

    /// <summary>At once.</summary>
    Always,

    /// <summary>Only when no beam can become worth more than the worst hypothesis.</summary>
    Never,
}
