using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A request that draws more samples than its caller gets ends with those whose tokens were the
/// most likely on average. Of equals the earlier; whatever was cut off comes last.
/// </summary>
internal static class Rank
{
    /// <summary>The sum of log probabilities with that of one more token.</summary>
    public static double Sum(Sequence sequence, SampledToken token) =>
        !sequence.IsSingle && sequence.Request.IsRanked ? sequence.Logprobs + token.Logprob : 0;

    /// <summary>
    /// Those unfinished without the samples of <paramref name="sequence"/>, which ended; tells the
    /// answer with the last of them.
    /// </summary>
    public static HashMap<RequestId, Ongoing> Ended(
        HashMap<RequestId, Ongoing> unfinished,
        Sequence sequence,
        FinishReason reason,
        ImmutableArray<Decision>.Builder decisions)
    {
        var request = sequence.Request;
        if (request.Width == 1)
            return unfinished.Remove(request.Id);
        var ongoing = (Ongoing)unfinished.Find(request.Id).Case!;
        var after = ongoing with
        {
            Living = ongoing.Living - sequence.Width,
            Ranks = request.IsRanked
                ? ongoing.Ranks.AddRange(Ranks(sequence, reason))
                : ongoing.Ranks,
        };
        if (after.Living > 0)
            return unfinished.SetItem(request.Id, after);
        if (request.IsRanked)
            decisions.Add(new Decision.Choose(request.Id, Best(after.Ranks, request.Samples)));
        return unfinished.Remove(request.Id);
    }

    private static IEnumerable<SampleRank> Ranks(Sequence sequence, FinishReason reason)
    {
        var worth = reason is FinishReason.Stop or FinishReason.Length && sequence.OutputTokens > 0
            ? sequence.Logprobs / sequence.OutputTokens
            : double.NegativeInfinity;
        return Enumerable.Range(sequence.Sample, sequence.Width)
            .Select(sample => new SampleRank(sample, worth));
    }

    private static ImmutableArray<int> Best(ImmutableArray<SampleRank> ranks, int wanted) =>
    [
        .. ranks
            .OrderByDescending(rank => rank.Worth)
            .ThenBy(rank => rank.Sample)
            .Take(wanted)
            .Select(rank => rank.Sample),
    ];
}
