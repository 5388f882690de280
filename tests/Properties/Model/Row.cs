using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>A sequence of the naive engine.</summary>
internal sealed class Row(long id, Request request)
{
    public long Id { get; } = id;

    public Request Request { get; } = request;

    public int Sample { get; private init; }

    public List<TokenId> Tokens { get; private init; } = [.. request.Prompt];

    public List<float> Logprobs { get; } = [];

    public List<int> Table { get; private init; } = [];

    /// <summary>The host blocks that keep what it left on the device.</summary>
    public List<int> Host { get; } = [];

    public int Computed { get; set; }

    public int Registered { get; set; }

    public int Cached { get; set; }

    public int Preemptions { get; set; }

    /// <summary>The sample of the step in flight that is to be its next token.</summary>
    public int? Awaits { get; set; }

    public int Length => Awaits is null ? Tokens.Count : Tokens.Count + 1;

    public int Drawn => Length - Request.Prompt.Length;

    /// <summary>Samples or beams that it stands for.</summary>
    public int Width => Drawn > 0
        ? 1 + Missing
        : Request.Beams?.Width ?? Request.BestOf ?? Request.Samples;

    /// <summary>Of the last beam: how many are fewer than the width.</summary>
    public int Missing { get; init; }

    /// <summary>Of a beam: sum of the log probabilities of its output.</summary>
    public double Sum { get; private init; }

    /// <summary>Of a beam: the best that its search has found so far.</summary>
    public List<Ended> Found { get; private init; } = [];

    public SamplingParams Sampling =>
        Request.Beams is { } beams
            ? Request.Sampling with { Logprobs = beams.Width + Request.Stop.EndTokens.Length }
        : Request.BestOf > Request.Samples
            ? Request.Sampling with { Logprobs = Request.Sampling.Logprobs ?? 0 }
        : Request.Sampling;

    public ImmutableArray<TokenId> Forbidden =>
        Drawn < Request.Stop.MinTokens ? Request.Stop.EndTokens : [];

    /// <summary>Another sample of the same prompt, in the same blocks.</summary>
    public Row Branch(int sample) =>
        new(Id + sample, Request)
        {
            Sample = sample,
            Tokens = [.. Tokens],
            Table = [.. Table],
            Computed = Computed,
            Registered = Registered,
            Cached = Cached,
            Preemptions = Preemptions,
        };

    /// <summary>The beam of a rank that this one and a token become.</summary>
    public Row Beam(int rank, int missing, TokenId token, double sum, List<Ended> found) =>
        new(Id - Sample + rank, Request)
        {
            Sample = rank,
            Missing = missing,
            Tokens = [.. Tokens, token],
            Table = [.. Table],
            Computed = Computed,
            Registered = Registered,
            Cached = Cached,
            Preemptions = Preemptions,
            Sum = sum,
            Found = found,
        };

    /// <summary>What its search begins again as.</summary>
    public Row Again(int preemptions) =>
        new(Id - Sample, Request) { Cached = Cached, Preemptions = preemptions };

    public string Text(int tokens) =>
        (Request.CacheSalt is { } salt ? $"'{salt}' " : "")
        + string.Join(' ', Tokens.Take(tokens));

    public bool Draws(int tokens) => Computed + tokens == Length;

    /// <summary>Whether it does after one more token, whatever that is.</summary>
    public bool GoesOn(SchedulerConfig config) =>
        Request.Beams is null
        && Drawn + 1 < Request.Stop.MaxTokens
        && Tokens.Count + 1 < config.MaxModelLength
        && Tokens.Count + 1 < config.BlocksTotal * config.BlockSize;

    public FinishReason? EndAfter(TokenId last, SchedulerConfig config) =>
        Drawn > Request.Stop.MinTokens && Request.Stop.EndTokens.Contains(last) ? FinishReason.Stop
        : Drawn == Request.Stop.MaxTokens ? FinishReason.Length
        : Tokens.Count == config.MaxModelLength ? FinishReason.Length
        : Tokens.Count == config.BlocksTotal * config.BlockSize ? FinishReason.Length
        : null;
}

/// <summary>A beam that ended.</summary>
internal sealed record Ended(
    List<TokenId> Output, double? Sum, double Worth, FinishReason Reason);
