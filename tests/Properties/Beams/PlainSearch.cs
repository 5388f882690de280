using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Beams;

/// <summary>A finished output of the plain searches.</summary>
internal sealed record Found(int[] Output, double Logprob, double Worth, FinishReason Reason);

/// <summary>
/// Beam search as a textbook has it: lists of whole outputs, and the whole vocabulary after each
/// of them. And the search of everything, which needs no beams.
/// </summary>
internal static class PlainSearch
{
    private sealed record Path(int[] Output, double Logprob);

    /// <summary>
    /// The final hypotheses, best first. Without <paramref name="stopping"/> the search goes on to
    /// the length limit, or until nothing is left to go on with.
    /// </summary>
    public static List<Found> Beams(BeamCase search, EarlyStopping? stopping)
    {
        var width = search.Beams.Width;
        List<Path> alive = [new([], 0)];
        List<Found> found = [];
        for (var length = 1; alive.Count > 0; length++)
        {
            var ranked = alive
                .SelectMany(path => Continuations(search, path))
                .OrderByDescending(path => path.Logprob)
                .ToList();
            var finished = ranked.Take(width)
                .Where(path => IsFinished(search, path))
                .Select(path => Finished(search, path));
            found = [.. found.Concat(finished).OrderByDescending(each => each.Worth).Take(width)];
            alive = [.. ranked.Where(path => !IsFinished(search, path)).Take(width)];
            if (found.Count == width && alive.Count > 0
                && IsEnough(search, stopping, alive[0].Logprob, length, found[^1].Worth))
                break;
        }

        return found;
    }

    /// <summary>Every output that can be, finished.</summary>
    public static IEnumerable<Found> Everything(BeamCase search)
    {
        IEnumerable<Found> From(Path path) => Continuations(search, path).SelectMany(next =>
            IsFinished(search, next) ? [Finished(search, next)] : From(next));
        return From(new Path([], 0));
    }

    /// <summary>The most likely token after each; null where no token can follow.</summary>
    public static Found? Greedy(BeamCase search)
    {
        Path? path = new([], 0);
        do
            path = Continuations(search, path).FirstOrDefault();
        while (path is not null && !IsFinished(search, path));
        return path is null ? null : Finished(search, path);
    }

    private static bool IsEnough(
        BeamCase search, EarlyStopping? stopping, double best, int length, double worst) =>
        stopping switch
        {
            null => false,
            EarlyStopping.Always => true,
            EarlyStopping.Heuristic => Worth(search, best, length) <= worst,
            _ => Math.Max(
                Worth(search, best, length),
                Worth(search, best, search.OutputTokensMax)) <= worst,
        };

    private static IEnumerable<Path> Continuations(BeamCase search, Path path) =>
        search.Model
            .Logprobs([.. search.Prompt, .. path.Output.Select(token => new TokenId(token))])
            .Select((logprob, token) =>
                new Path([.. path.Output, token], path.Logprob + logprob))
            .Where(next => double.IsFinite(next.Logprob))
            .Where(next => !IsEnd(search, next) || next.Output.Length > search.MinTokens)
            .OrderByDescending(next => next.Logprob);

    private static bool IsEnd(BeamCase search, Path path) =>
        search.Ends.Contains(new TokenId(path.Output[^1]));

    private static bool IsFinished(BeamCase search, Path path) =>
        IsEnd(search, path) || path.Output.Length == search.OutputTokensMax;

    private static Found Finished(BeamCase search, Path path) => new(
        path.Output,
        path.Logprob,
        Worth(search, path.Logprob, path.Output.Length),
        IsEnd(search, path) ? FinishReason.Stop : FinishReason.Length);

    private static double Worth(BeamCase search, double logprob, int length) =>
        logprob / Math.Pow(length, search.Beams.LengthPenalty);
}
