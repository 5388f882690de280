using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>
/// Beams as a textbook has them: a list of all that could follow, sorted; the best go on, and
/// those that end among the best are kept.
/// </summary>
public sealed partial class NaiveEngine
{
    private readonly List<(Row Beam, ImmutableArray<TokenLogprob> Candidates)> _drawn = [];

    private sealed record Path(Row Beam, TokenId Token, double Sum)
    {
        public int Length => Beam.Drawn + 1;
    }

    // All beams of a request have a row in a step, or none has.
    private static bool IsHeldBack(int beams, Row first, int left) =>
        first.Request.Beams is not null && beams > left;

    // Ranked when the last of its beams has drawn.
    private List<Decision> Gather(Row beam, ImmutableArray<TokenLogprob> candidates)
    {
        _drawn.Add((beam, candidates));
        if (_drawn.Count < _running.Count(each => each.Request.Id == beam.Request.Id))
            return [];
        var (first, beams) = (_drawn[0].Beam, _drawn.Select(each => each.Beam).ToList());
        var (alive, found) = Ranked(first.Request);
        _drawn.Clear();
        var heirs = alive.Select((path, rank) => path.Beam.Beam(
            rank,
            rank == alive.Count - 1 ? first.Request.Beams!.Width - alive.Count : 0,
            path.Token,
            path.Sum,
            found)).ToList();
        _running.InsertRange(_running.IndexOf(first), heirs);
        foreach (var parent in beams)
        {
            if (alive.All(path => path.Beam != parent))
                Release(parent);
            _running.Remove(parent);
        }

        return alive.Count > 0 ? [] : Told(first, found);
    }

    // Who goes on, and the best that ended; nobody goes on where that is enough.
    private (List<Path> Alive, List<Ended> Found) Ranked(Request request)
    {
        var width = request.Beams!.Width;
        var paths = _drawn
            .SelectMany(each => each.Candidates.Select(candidate => new Path(
                each.Beam, candidate.Token, each.Beam.Sum + candidate.Logprob)))
            .Where(path => double.IsFinite(path.Sum))
            .OrderByDescending(path => path.Sum)
            .ToList();
        var ended = paths.Take(width).Where(path => WhyEnds(path) is not null).Select(path =>
            new Ended(
                [.. path.Beam.Tokens.Skip(request.Prompt.Length), path.Token],
                path.Sum,
                Worth(request, path.Sum, path.Length),
                WhyEnds(path)!.Value));
        var found = _drawn[0].Beam.Found.Concat(ended)
            .OrderByDescending(each => each.Worth)
            .Take(width)
            .ToList();
        var alive = paths.Where(path => WhyEnds(path) is null).Take(width).ToList();
        return found.Count == width && alive.Count > 0 && IsEnough(alive[0], found[^1].Worth)
            ? ([], found)
            : (alive, found);
    }

    private FinishReason? WhyEnds(Path path) =>
        path.Beam.Request.Stop is var stop
        && path.Length > stop.MinTokens && stop.EndTokens.Contains(path.Token)
            ? FinishReason.Stop
        : path.Length == LongestOutput(path.Beam.Request) ? FinishReason.Length
        : null;

    private bool IsEnough(Path best, double worst)
    {
        var (request, now) = (best.Beam.Request, Worth(best.Beam.Request, best.Sum, best.Length));
        return request.Beams!.EarlyStopping switch
        {
            EarlyStopping.Always => true,
            EarlyStopping.Heuristic => now <= worst,
            _ => now <= worst && Worth(request, best.Sum, LongestOutput(request)) <= worst,
        };
    }

    private static double Worth(Request request, double sum, int length) =>
        sum / Math.Pow(length, request.Beams!.LengthPenalty);

    // Beams share the prompt's full blocks, and what is left of the pool is theirs in equal parts.
    private int LongestOutput(Request request)
    {
        var shared = request.Prompt.Length / config.BlockSize;
        var own = (config.BlocksTotal - shared) / request.Beams!.Width;
        var length = Math.Min(config.MaxModelLength, (shared + own) * config.BlockSize);
        return Math.Min(request.Stop.MaxTokens, length - request.Prompt.Length);
    }

    private List<Decision> Told(Row beam, List<Ended> found)
    {
        var (told, id) = (new List<Decision>(), beam.Request.Id);
        for (var sample = 0; sample < beam.Request.Samples; sample++)
        {
            var best = found.ElementAtOrDefault(sample)
                ?? new Ended([], null, 0, FinishReason.Stop);
            foreach (var token in best.Output)
            {
                _policy.Draw(beam);
                told.Add(new Decision.Emit(id, new SampledToken(token)) { Sample = sample });
            }

            told.Add(Finish(beam, sample, best.Reason, best.Output.Count) with
            {
                Logprob = best.Sum,
            });
        }

        return told;
    }

    // Of the samples that it stands for; beams behind the n-th are nobody's answer.
    private static List<Decision> CutOff(Row beam, FinishReason reason) =>
    [
        .. Enumerable.Range(beam.Sample, beam.Width)
            .Where(sample => sample < beam.Request.Samples)
            .Select(sample => Finish(beam, sample, reason, tokens: 0)),
    ];

    private static Decision.Finish Finish(Row beam, int sample, FinishReason reason, int tokens) =>
        new(beam.Request.Id, reason, new Usage(
            beam.Request.Prompt.Length, tokens, beam.Cached, beam.Preemptions))
        {
            Sample = sample,
        };

    // Beams that have lost their blocks: their search begins again with its prompt.
    private void BeginAgain()
    {
        foreach (var beam in _waiting.Where(row => row is { Request.Beams: not null, Drawn: > 0 }
            && row.Host.Count == 0).ToList())
        {
            if (beam.Sample == 0)
                _waiting.Insert(_waiting.IndexOf(beam), beam.Again(beam.Preemptions));
            _waiting.Remove(beam);
        }
    }
}
