namespace SkPaged.Engine.Pure;

/// <summary>All that a beam search goes by and that never changes while it runs.</summary>
/// <param name="Beams">Width, penalty and when it ends.</param>
/// <param name="Stop">When a beam ends.</param>
/// <param name="PromptTokens">Tokens that every beam begins with.</param>
/// <param name="LengthMax">The most tokens any sequence may have.</param>
internal sealed record BeamRules(BeamParams Beams, StopRule Stop, int PromptTokens, int LengthMax)
{
    /// <summary>Beams, and hypotheses, kept at most.</summary>
    public int Width => Beams.Width;

    /// <summary>Candidates that each beam must come with.</summary>
    public int Candidates => CandidatesOf(Beams, Stop);

    /// <summary>The output tokens of the longest hypothesis.</summary>
    public int OutputTokensMax => Math.Min(Stop.MaxTokens, LengthMax - PromptTokens);

    /// <summary>
    /// What a hypothesis of this log probability and length is worth. The length counts the end
    /// token.
    /// </summary>
    public double Worth(double logprob, int outputTokens) =>
        logprob / Math.Pow(outputTokens, Beams.LengthPenalty);

    /// <summary>
    /// Candidates that each beam must come with, so that all that matter are among them: no more
    /// than the width of a beam's candidates can survive, and only end tokens stand between them.
    /// </summary>
    public static int CandidatesOf(BeamParams beams, StopRule stop) =>
        beams.Width + stop.EndTokens.Length;

    /// <summary>
    /// Whether a search that is full of hypotheses, the worst of them worth
    /// <paramref name="worst"/>, ends while beams are left.
    /// </summary>
    /// <param name="best">Log probability of the best of these beams.</param>
    /// <param name="outputTokens">Output tokens of these beams, all of the same length.</param>
    /// <param name="worst">Natural log, divided by the length's power.</param>
    // Log probabilities only fall. Under a positive penalty length makes up for that, most of all
    // at the greatest length; under any other a beam is never worth more than it is now.
    public bool EndsEarly(double best, int outputTokens, double worst) =>
        Beams.EarlyStopping switch
        {
            EarlyStopping.Always => true,
            EarlyStopping.Never when Beams.LengthPenalty > 0 =>
                Worth(best, OutputTokensMax) <= worst,
            _ => Worth(best, outputTokens) <= worst,
        };
}
