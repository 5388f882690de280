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

    public int Drawn => Tokens.Count - Request.Prompt.Length;

    /// <summary>Samples that it stands for.</summary>
    public int Width => Drawn > 0 ? 1 : Request.BestOf ?? Request.Samples;

    public SamplingParams Sampling => Request.BestOf > Request.Samples
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

    public string Text(int tokens) =>
        (Request.CacheSalt is { } salt ? $"'{salt}' " : "")
        + string.Join(' ', Tokens.Take(tokens));

    public bool Draws(int tokens) => Computed + tokens == Tokens.Count;

    public FinishReason? EndAfter(TokenId last, SchedulerConfig config) =>
        Drawn > Request.Stop.MinTokens && Request.Stop.EndTokens.Contains(last) ? FinishReason.Stop
        : Drawn == Request.Stop.MaxTokens ? FinishReason.Length
        : Tokens.Count == config.MaxModelLength ? FinishReason.Length
        : Tokens.Count == config.BlocksTotal * config.BlockSize ? FinishReason.Length
        : null;
}
