using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Laws;

/// <summary>What became of one accepted request, as its caller sees it.</summary>
public sealed class Life(Request request)
{
    public Request Request { get; } = request;

    /// <summary>Tokens emitted, in order.</summary>
    public List<SampledToken> Tokens { get; } = [];

    /// <summary>Times that a plan named it as preempted.</summary>
    public int Preemptions { get; set; }

    /// <summary>Tokens that its first row left out; null before.</summary>
    public int? CachedTokens { get; set; }

    /// <summary>All its ends; one, if the scheduler is right.</summary>
    public List<Decision.Finish> Ends { get; } = [];

    /// <summary>What ended it.</summary>
    public Transition? Cause { get; set; }
}

/// <summary>A trace told request by request.</summary>
/// <param name="Lives">Every accepted request, in order of acceptance.</param>
/// <param name="Strays">Decisions for ids that no unfinished request had.</param>
public sealed record History(ImmutableArray<Life> Lives, ImmutableArray<Decision> Strays)
{
    public static History Of(Trace trace)
    {
        var (lives, strays) = (new List<Life>(), new List<Decision>());
        var open = new Dictionary<RequestId, Life>();
        foreach (var transition in trace.Items)
        {
            if (transition.Event is Event.Submitted(var request)
                && !transition.Decisions.OfType<Decision.Reject>().Any())
            {
                open[request.Id] = new Life(request);
                lives.Add(open[request.Id]);
            }

            foreach (var decision in transition.Decisions)
                Tell(open, strays, transition, decision);
        }

        return new History([.. lives], [.. strays]);
    }

    /// <summary>What a request is answered when nobody interferes, and why it ends.</summary>
    public static (ImmutableArray<SampledToken> Tokens, FinishReason Reason) Answer(
        SchedulerConfig config, Request request)
    {
        var tokens = request.Prompt.ToList();
        var answer = new List<SampledToken>();
        var lengthMax = Math.Min(config.MaxModelLength, config.BlocksTotal * config.BlockSize);
        while (true)
        {
            var early = answer.Count < request.Stop.MinTokens;
            var next = TokenFunction.Next(
                [.. tokens], early ? request.Stop.EndTokens : [], config.VocabularySize);
            answer.Add(next);
            tokens.Add(next.Token);
            if (request.Stop.EndTokens.Contains(next.Token))
                return ([.. answer], FinishReason.Stop);
            if (answer.Count == request.Stop.MaxTokens || tokens.Count == lengthMax)
                return ([.. answer], FinishReason.Length);
        }
    }

    private static void Tell(
        Dictionary<RequestId, Life> open,
        List<Decision> strays,
        Transition cause,
        Decision decision)
    {
        switch (decision)
        {
            case Decision.Emit(var id, var token) when open.TryGetValue(id, out var life):
                life.Tokens.Add(token);
                break;
            case Decision.Finish end when open.Remove(end.Id, out var life):
                life.Ends.Add(end);
                life.Cause = cause;
                break;
            case Decision.Emit or Decision.Finish:
                strays.Add(decision);
                break;
            case Decision.RunStep(var plan):
                foreach (var newcomer in cause.Admitted)
                    open[newcomer.Request.Id].CachedTokens ??= newcomer.ComputedTokens;
                foreach (var id in plan.Preempted.Where(open.ContainsKey))
                    open[id].Preemptions++;
                break;
            default:
                break;
        }
    }
}
