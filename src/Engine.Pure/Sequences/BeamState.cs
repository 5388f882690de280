using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>What the beams of a request have in common: one value, that all of them hold.</summary>
/// <param name="Living">Beams that there are, at least 1.</param>
/// <param name="Hypotheses">The best that ended so far, best first.</param>
internal sealed record BeamState(int Living, ImmutableArray<Hypothesis> Hypotheses);
