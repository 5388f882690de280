using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The beams of a request draw in one step, all or none: what they drew is ranked together, and
/// those that survive take over their places, the best first. Fork, append and free are all that
/// it takes. Source: SOSP '23, section 4.4 and figure 9.
/// </summary>
internal static class Search
{
    /// <summary>
    /// The most tokens that a beam may have. Each beam may come to share nothing with the others
    /// but the prompt, and all have to run at once: so much of the pool is one beam's.
    /// </summary>
    public static int LengthMax(SchedulerConfig config, Request request)
    {
        if (request.Beams is null)
            return config.MaxServableLength;
        var shared = request.Prompt.Length / config.BlockSize;
        var own = (config.BlocksTotal - shared) / Math.Max(1, request.Width);
        return (int)Math.Min(config.MaxModelLength, (shared + (long)own) * config.BlockSize);
    }

    /// <summary>The longest prompt that as many beams as the request has can continue.</summary>
    public static long PromptMax(SchedulerConfig config, Request request) =>
        ((long)config.BlocksTotal - (request.Beams?.Width ?? 1) + 1) * config.BlockSize - 1;

    /// <summary>What the search makes of what all its beams drew.</summary>
    public static BeamStep Step(
        SchedulerConfig config,
        IReadOnlyList<Sequence> beams,
        IReadOnlyList<SampledToken> drawn)
    {
        var first = beams[0];
        var rules = new BeamRules(
            first.Request.Beams!,
            first.Request.Stop,
            first.Request.Prompt.Length,
            LengthMax(config, first.Request));
        var candidates = new Beam[beams.Count];
        for (var index = 0; index < candidates.Length; index++)
            candidates[index] = new(beams[index].Logprobs, beams[index].Tokens, drawn[index].Top);
        return BeamSearch.Step(rules, candidates, first.Beams?.Hypotheses ?? []);
    }

    /// <summary>The beam that a survivor of rank <paramref name="rank"/> becomes.</summary>
    public static Sequence Of(Sequence parent, Survivor survivor, int rank, BeamState state) =>
        parent with
        {
            Id = new SequenceId(parent.Id.Value - parent.Sample + rank),
            Sample = rank,
            Tokens = parent.Tokens.Append(survivor.Token),
            Logprobs = survivor.Logprob,
            Beams = state,
        };

    /// <summary>
    /// The sequence that a request begins again as, once its beams have lost their blocks.
    /// </summary>
    public static Sequence Restarted(Sequence first) =>
        Sequence.Of(first.Id, first.Request) with
        {
            CachedTokens = first.CachedTokens,
            Preemptions = first.Preemptions,
        };

    /// <summary>
    /// The answer: the best hypotheses, each with all its tokens. Samples that the model has no
    /// output for end without one.
    /// </summary>
    public static void Tell(
        Sequence beam,
        ImmutableArray<Hypothesis> hypotheses,
        ImmutableArray<Decision>.Builder decisions)
    {
        var request = beam.Request;
        for (var sample = 0; sample < request.Samples; sample++)
        {
            var hypothesis = sample < hypotheses.Length ? hypotheses[sample] : null;
            if (hypothesis is null)
            {
                decisions.Add(EndOf(beam, sample, FinishReason.Stop, tokens: 0));
                continue;
            }

            foreach (var token in hypothesis.Tokens.Span[request.Prompt.Length..])
                decisions.Add(EmitOf(request.Id, sample, token));
            decisions.Add(EmitOf(request.Id, sample, hypothesis.Last));
            var tokens = hypothesis.Tokens.Count + 1 - request.Prompt.Length;
            decisions.Add(EndOf(beam, sample, hypothesis.Reason, tokens) with
            {
                Logprob = hypothesis.Logprob,
            });
        }
    }

    /// <summary>
    /// The end, before its time, of the samples that a beam stands for: nothing of them was told.
    /// </summary>
    public static void TellEnd(
        Sequence beam, FinishReason reason, ImmutableArray<Decision>.Builder decisions)
    {
        var end = Math.Min(beam.Sample + beam.Width, beam.Request.Samples);
        for (var sample = beam.Sample; sample < end; sample++)
            decisions.Add(EndOf(beam, sample, reason, tokens: 0));
    }

    private static Decision.Emit EmitOf(RequestId id, int sample, TokenId token) =>
        new(id, new SampledToken(token)) { Sample = sample };

    private static Decision.Finish EndOf(
        Sequence beam, int sample, FinishReason reason, int tokens) =>
        new(beam.Request.Id, reason, beam.Usage with { OutputTokens = tokens }) { Sample = sample };
}
