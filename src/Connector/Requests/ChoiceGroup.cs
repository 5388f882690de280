using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>How many answers a request gets, all from one prefill, and of how many.</summary>
/// <param name="Count">Choices that the caller gets, at least 1.</param>
/// <param name="BestOf">
/// Samples drawn, of which the likeliest are the choices; null = as many.
/// </param>
/// <param name="Beams">Beam search instead of sampling; null = none.</param>
internal sealed record ChoiceGroup(int Count, int? BestOf, BeamParams? Beams)
{
    /// <summary>One sample, as it comes.</summary>
    public static ChoiceGroup One { get; } = new(1, null, null);

    /// <summary>Samples that the engine tells of; at least <see cref="Count"/>.</summary>
    public int Samples => Beams is null ? BestOf ?? Count : Count;

    /// <summary>Whether nothing is known of the choices before all samples have ended.</summary>
    public bool IsRanked => Samples > Count;
}
