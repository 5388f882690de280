using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>What a request may ask for beside its prompt, its sampling and its end.</summary>
public sealed record SubmitOptions
{
    internal static SubmitOptions Default { get; } = new();

    /// <summary>
    /// Cached prefixes are shared only between requests of equal salts; null, the default, is a
    /// salt too. At most <see cref="ParameterRules.CacheSaltMax"/> characters.
    /// </summary>
    public string? CacheSalt { get; init; }

    /// <summary>
    /// Samples to generate, all from one prefill and each with random numbers of its own; with
    /// <see cref="Beams"/>, the best hypotheses to give. At least 1, default 1.
    /// </summary>
    public int Samples { get; init; } = 1;

    /// <summary>
    /// Samples to draw, of which the <see cref="Samples"/> with the greatest mean log probability a
    /// token are chosen: <see cref="TokenEvent.Chosen"/> names them. All are streamed. At least
    /// <see cref="Samples"/>; null, the default: as many.
    /// </summary>
    public int? BestOf { get; init; }

    /// <summary>
    /// Beam search instead of sampling: the hypotheses come when it is over, the best one first.
    /// Null, the default: none.
    /// </summary>
    public BeamParams? Beams { get; init; }

    /// <summary>
    /// What is asked for, as <c>gen_ai.operation.name</c> in the metrics. Of few values; default
    /// "text_completion".
    /// </summary>
    public string Operation { get; init; } = "text_completion";

    /// <summary>Lower runs first, of equals the first to arrive. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Who shares fairly with whom; null, the default, is a tenant too.</summary>
    public string? Tenant { get; init; }
}
