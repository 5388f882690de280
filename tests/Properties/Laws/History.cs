using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Laws;

/// <summary>What became of a sample of an accepted request, as its caller sees it.</summary>
public sealed class Life(Request request, int sample)
{
    public Request Request { get; } = request;

    public int Sample { get; } = sample;

    /// <summary>Tokens emitted, in order.</summary>
    public List<SampledToken> Tokens { get; } = [];

    /// <summary>Times that it lost its blocks.</summary>
    public int Preemptions { get; set; }

    /// <summary>Tokens that its first row left out; null before.</summary>
    public int? CachedTokens { get; set; }

    /// <summary>All its ends; one, if the scheduler is right.</summary>
    public List<Decision.Finish> Ends { get; } = [];

    /// <summary>What ended it.</summary>
    public Transition? Cause { get; set; }
}

/// <summary>A trace told sample by sample.</summary>
/// <param name="Lives">Every sample of every accepted request, in order of acceptance.</param>
/// <param name="Strays">Decisions for ids that no unfinished request had.</param>
public sealed record History(ImmutableArray<Life> Lives, ImmutableArray<Decision> Strays)
{
    public static History Of(Trace trace)
    {
        var (lives, strays) = (new List<Life>(), new List<Decision>());
        var open = new Dictionary<(RequestId, int Sample), Life>();
        foreach (var transition in trace.Items)
        {
            if (transition.Event is Event.Submitted(var request)
                && !transition.Decisions.OfType<Decision.Reject>().Any())
            {
                for (var sample = 0; sample < (request.BestOf ?? request.Samples); sample++)
                    lives.Add(open[(request.Id, sample)] = new Life(request, sample));
            }

            foreach (var decision in transition.Decisions)
                Tell(open, strays, transition, decision);
        }

        return new History([.. lives], [.. strays]);
    }

    /// <summary>What a request is answered when nobody interferes, and why it ends.</summary>
    public static (ImmutableArray<SampledToken> Tokens, FinishReason Reason) Answer(
        SchedulerConfig config, Request request, int sample) =>
        request.Beams is { } beams
            ? Found(BeamCase.Of(config, request), beams.EarlyStopping, sample)
            : Drawn(config, request, sample);

    // The sample-th best of a plain search; where it finds no more, nothing.
    private static (ImmutableArray<SampledToken> Tokens, FinishReason Reason) Found(
        BeamCase search, EarlyStopping stopping, int sample) =>
        PlainSearch.Beams(search, stopping).ElementAtOrDefault(sample) is { } found
            ? ([.. found.Output.Select(token => new SampledToken(new(token)))], found.Reason)
            : ([], FinishReason.Stop);

    private static (ImmutableArray<SampledToken> Tokens, FinishReason Reason) Drawn(
        SchedulerConfig config, Request request, int sample)
    {
        var tokens = request.Prompt.ToList();
        var answer = new List<SampledToken>();
        var lengthMax = Math.Min(config.MaxModelLength, config.BlocksTotal * config.BlockSize);
        while (true)
        {
            var early = answer.Count < request.Stop.MinTokens;
            var next = TokenFunction.Next(
                [.. tokens], sample, early ? request.Stop.EndTokens : [], config.VocabularySize);
            answer.Add(next);
            tokens.Add(next.Token);
            if (request.Stop.EndTokens.Contains(next.Token))
                return ([.. answer], FinishReason.Stop);
            if (answer.Count == request.Stop.MaxTokens || tokens.Count == lengthMax)
                return ([.. answer], FinishReason.Length);
        }
    }

    private static void Tell(
        Dictionary<(RequestId, int Sample), Life> open,
        List<Decision> strays,
        Transition cause,
        Decision decision)
    {
        switch (decision)
        {
            case Decision.Emit(var id, var token) emit
                when open.TryGetValue((id, emit.Sample), out var life):
                life.Tokens.Add(token);
                break;
            case Decision.Finish end when open.Remove((end.Id, end.Sample), out var life):
                life.Ends.Add(end);
                life.Cause = cause;
                break;
            case Decision.Emit or Decision.Finish:
                strays.Add(decision);
                break;
            case Decision.RunStep:
                foreach (var (newcomer, life) in cause.Admitted.SelectMany(Lives))
                    life.CachedTokens ??= newcomer.ComputedTokens;
                foreach (var (_, life) in cause.Preempted.SelectMany(Lives))
                    life.Preemptions++;
                break;
            default:
                break;
        }

        IEnumerable<(Sequence, Life)> Lives(Sequence sequence) =>
            from sample in Enumerable.Range(sequence.Sample, sequence.Width)
            where open.ContainsKey((sequence.Request.Id, sample))
            select (sequence, open[(sequence.Request.Id, sample)]);
    }
}
