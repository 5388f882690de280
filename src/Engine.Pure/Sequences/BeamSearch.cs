using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// One step of a beam search. The candidates of all beams are ranked together by the sum of their
/// log probabilities; the best that do not end survive, up to the width. One that ends becomes a
/// hypothesis if it is among the best of all, again up to the width; otherwise it is dropped, for
/// more probable beams go on. The hypotheses that are worth most are kept, up to the width too.
/// </summary>
/// <remarks>
/// Source: <c>_beam_search</c> of transformers 5, <c>generation/utils.py</c>. A beam at the length
/// limit ends whatever its token is. Equal sums are ranked by beam, then by candidate. The search
/// is over when no beam is left, or at the word of <see cref="EarlyStopping"/> once there are as
/// many hypotheses as the width. Total: whatever the values, it answers.
/// </remarks>
internal static class BeamSearch
{
    /// <param name="rules">Of the search.</param>
    /// <param name="beams">
    /// Best first, all of one length; the prompt alone in the first step.
    /// </param>
    /// <param name="hypotheses">What the step before kept; none in the first step.</param>
    public static BeamStep Step(
        BeamRules rules, ReadOnlySpan<Beam> beams, ImmutableArray<Hypothesis> hypotheses)
    {
        var width = rules.Width;
        var kept = hypotheses.IsDefault ? [] : hypotheses;
        var survivors = ImmutableArray.CreateBuilder<Survivor>(
            Math.Clamp(width, 0, ParameterRules.BeamWidthMax));
        Span<int> taken = beams.Length <= ParameterRules.BeamWidthMax
            ? stackalloc int[beams.Length]
            : new int[beams.Length];
        taken.Clear();
        for (var rank = 0; survivors.Count < width && Next(beams, taken) is { } next; rank++)
        {
            var tokens = beams[next.Parent].Tokens;
            var outputTokens = tokens.Count + 1 - rules.PromptTokens;
            var reason = rules.Stop.Check(
                next.Token, outputTokens, tokens.Count + 1, rules.LengthMax);
            if (reason is not { } ended)
                survivors.Add(next);
            else if (rank < width)
                kept = new Hypothesis(
                    tokens,
                    next.Token,
                    next.Logprob,
                    rules.Worth(next.Logprob, outputTokens),
                    ended).Among(kept, width);
        }

        return IsOver(rules, beams, survivors, kept)
            ? new BeamStep([], kept)
            : new BeamStep(survivors.DrainToImmutable(), kept);
    }

    // Each beam's candidates are ranked already: the best of all is the best of the beams' next.
    private static Survivor? Next(ReadOnlySpan<Beam> beams, Span<int> taken)
    {
        Survivor? best = null;
        var most = double.NegativeInfinity;
        for (var parent = 0; parent < beams.Length; parent++)
        {
            var (sum, candidates) = (beams[parent].Logprob, beams[parent].Candidates);
            if (candidates.IsDefault || taken[parent] >= candidates.Length)
                continue;
            var candidate = candidates[taken[parent]];
            if (sum + candidate.Logprob > most)
            {
                most = sum + candidate.Logprob;
                best = new Survivor(parent, candidate.Token, most);
            }
        }

        if (best is { } next)
            taken[next.Parent]++;
        return best;
    }

    private static bool IsOver(
        BeamRules rules,
        ReadOnlySpan<Beam> beams,
        ImmutableArray<Survivor>.Builder survivors,
        ImmutableArray<Hypothesis> hypotheses) =>
        survivors.Count == 0
        || (hypotheses.Length >= rules.Width
            && rules.EndsEarly(
                survivors[0].Logprob,
                beams[survivors[0].Parent].Tokens.Count + 1 - rules.PromptTokens,
                hypotheses[^1].Worth));
}

/// <summary>What a step of a beam search leaves.</summary>
/// <param name="Survivors">
/// The beams of the next step, best first, at most the width; none when the search is over.
/// </param>
/// <param name="Hypotheses">
/// The best so far, best first, at most the width. When the search is over there are fewer only
/// where the model gives no probability to any more.
/// </param>
internal readonly record struct BeamStep(
    ImmutableArray<Survivor> Survivors, ImmutableArray<Hypothesis> Hypotheses)
{
    /// <summary>Whether the hypotheses are final.</summary>
    public bool IsOver => Survivors.IsEmpty;
}
