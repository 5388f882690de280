using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>A beam at the end of a step: its tokens, and what may follow them.</summary>
/// <param name="Logprob">Sum of the log probabilities of its output; 0 for the prompt.</param>
/// <param name="Tokens">Prompt, then output.</param>
/// <param name="Candidates">
/// The most likely next tokens, best first: at least <see cref="BeamRules.Candidates"/> of them,
/// or all there are. What has no probability is passed over.
/// </param>
internal readonly record struct Beam(
    double Logprob, AppendLog<TokenId> Tokens, ImmutableArray<TokenLogprob> Candidates);

/// <summary>A beam of the next step: one of this step's and a token.</summary>
/// <param name="Parent">Its index among this step's beams.</param>
/// <param name="Token">What follows.</param>
/// <param name="Logprob">Sum of the log probabilities of its output.</param>
internal readonly record struct Survivor(int Parent, TokenId Token, double Logprob);
