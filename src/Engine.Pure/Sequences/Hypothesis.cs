using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>A beam that ended.</summary>
/// <param name="Tokens">
/// Prompt and output but for the last token: those of the beam that it was, without a copy.
/// </param>
/// <param name="Last">The last token of the output; the end token where there is one.</param>
/// <param name="Logprob">Sum of the log probabilities of its output.</param>
/// <param name="Worth">What it is ranked by: <see cref="BeamRules.Worth"/>.</param>
/// <param name="Reason">Why it ended: stop or length.</param>
internal sealed record Hypothesis(
    AppendLog<TokenId> Tokens, TokenId Last, double Logprob, double Worth, FinishReason Reason)
{
    /// <summary>
    /// The best <paramref name="width"/> of <paramref name="ranked"/> and this one, best first;
    /// of equals the one that ended first.
    /// </summary>
    public ImmutableArray<Hypothesis> Among(ImmutableArray<Hypothesis> ranked, int width)
    {
        var place = ranked.Length;
        while (place > 0 && ranked[place - 1].Worth < Worth)
            place--;
        if (place >= width)
            return ranked;
        var kept = ranked.Insert(place, this);
        return kept.Length > width ? kept.RemoveAt(kept.Length - 1) : kept;
    }
}
