using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>A sequence of the naive engine.</summary>
internal sealed class Row(long id, Request request)
{
    public long Id { get; } = id;

    public Request Request { get; } = request;

    public List<TokenId> Tokens { get; } = [.. request.Prompt];

    public List<int> Table { get; } = [];

    public int Computed { get; set; }

    public int Registered { get; set; }

    public int Cached { get; set; }

    public int Preemptions { get; set; }

    public int Drawn => Tokens.Count - Request.Prompt.Length;

    public SamplingParams Sampling => Request.Sampling;

    public ImmutableArray<TokenId> Forbidden =>
        Drawn < Request.Stop.MinTokens ? Request.Stop.EndTokens : [];

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
