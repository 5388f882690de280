using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// Requests as a function of a seed and their place: any prefix of a trace is that of a longer one,
/// and every system gets the same.
/// </summary>
/// <param name="Name">For tables.</param>
/// <param name="Input">Tokens of prompts, without what they begin with alike.</param>
/// <param name="Output">Tokens of outputs.</param>
internal sealed record Workload(string Name, Lengths Input, Lengths Output)
{
    // The spread of outputs is read off the paper's figure 2. Of Orca (Max), a slot holds a token
    // in 20.4 % of the cache and will hold one in 13.3 %, of 91.1 % that are reserved at 2,048: so
    // over time a sequence ends at 758 tokens on average. Where prompts and outputs are independent
    // that is E[prompt] + E[output^2] / E[output]: the latter is 597, and of a log-normal of mean
    // 338 that ends at 1,535 the spread is 1. (The same says that it holds 161 + 597 / 2 = 460 of
    // them on average; the figure has 459.) The other spreads are plausible, not known.
    /// <summary>As long as ShareGPT's: means 161.31 and 337.99 (SOSP '23, figure 11).</summary>
    public static Workload ShareGpt { get; } =
        new("ShareGPT", new Lengths(161.31, 1.2, 4, 1024), new Lengths(337.99, 1, 4, 1535));

    /// <summary>As long as Alpaca's: means 19.31 and 58.45.</summary>
    public static Workload Alpaca { get; } =
        new("Alpaca", new Lengths(19.31, 0.5, 4, 1024), new Lengths(58.45, 0.9, 1, 1023));

    /// <summary>Tokens of a sequence at most.</summary>
    public int LengthMax { get; init; } = ServingSystem.LengthMax;

    /// <summary>Tokens that there are.</summary>
    public int Vocabulary { get; init; } = ServingSystem.Vocabulary;

    /// <summary>Samples of a request.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Beams of a request; 0: tokens are drawn.</summary>
    public int Beams { get; init; }

    /// <summary>Tokens that all prompts begin with alike.</summary>
    public int Prefix { get; init; }

    /// <summary>
    /// Rounds of a conversation before this one, drawn from 0 to so many: a prompt is all of it,
    /// cut to its last <see cref="HistoryMax"/> tokens. How many is a guess.
    /// </summary>
    public int Rounds { get; init; }

    /// <summary>Each so many-th request is one of the tenant "few"; 0: nobody is.</summary>
    public int FewEvery { get; init; }

    /// <summary>
    /// Tokens of a conversation that are kept, and of its next output at most. Source: SOSP '23,
    /// section 6.5.
    /// </summary>
    public const int HistoryMax = 1024;

    /// <summary>What a translator is asked: a prefix, then a sentence in and out.</summary>
    /// <remarks>Sentences of 30 and 35 tokens on average are plausible, not known.</remarks>
    public static Workload Translation(int prefix) =>
        new(
            $"translation behind {prefix} tokens", new Lengths(30, 0.5, 4, 200),
            new Lengths(35, 0.5, 4, 200))
        {
            Prefix = prefix,
        };

    /// <summary>Conversations of ShareGPT's lengths: up to six rounds before.</summary>
    public static Workload Chat { get; } = ShareGpt with
    {
        Name = "chat",
        Output = ShareGpt.Output with { Clip = HistoryMax },
        Rounds = 6,
    };

    /// <summary>Agents: a preamble that all have, a question and an answer of their own.</summary>
    public static Workload Agents { get; } =
        new("agents", new Lengths(120, 0.8, 8, 600), new Lengths(200, 0.8, 4, 400))
        {
            Prefix = 1024,
        };

    /// <summary>Long documents, short answers.</summary>
    public static Workload Documents { get; } =
        new("documents", new Lengths(1000, 0.5, 100, 1700), new Lengths(100, 0.8, 4, 300));

    /// <summary>Sequences of a request.</summary>
    public int Width => Math.Max(Samples, Beams);

    /// <summary>Whether sequences may hold blocks together.</summary>
    public bool IsShared => Samples > 1 || Beams > 0 || Prefix > 0;

    /// <summary>Poisson arrivals at so many requests a second.</summary>
    public IReadOnlyList<Arrival> Trace(double rate, double seconds, int seed = 1)
    {
        var arrivals = new List<Arrival>((int)(rate * seconds * 1.1));
        var clock = 0.0;
        for (var id = 0; ; id++)
        {
            clock -= Math.Log(1 - Draw(seed, id, 0)) / rate;
            if (clock >= seconds)
                return arrivals;
            arrivals.Add(new Arrival(clock, RequestOf(seed, id)));
        }
    }

    /// <summary>So many requests that all come at once.</summary>
    public IReadOnlyList<Arrival> Burst(int requests, int seed = 1) =>
        [.. Enumerable.Range(0, requests).Select(id => new Arrival(0, RequestOf(seed, id)))];

    private Request RequestOf(int seed, int id)
    {
        var own = Rounds > 0 ? History(seed, id) : Input.At(Draw(seed, id, 1));
        var prompt = new TokenId[Prefix + own];
        for (var index = 0; index < prompt.Length; index++)
        {
            prompt[index] = new TokenId(index < Prefix
                ? index
                : (int)(Draw(seed, id, 3 + index) * Vocabulary));
        }

        return new Request(
            new RequestId(id),
            ImmutableCollectionsMarshal.AsImmutableArray(prompt),
            Beams > 0
                ? SamplingParams.Greedy
                : new SamplingParams { Seed = (ulong)id },
            new StopRule
            {
                MaxTokens = Math.Min(
                    Output.At(Draw(seed, id, 2)), LengthMax - prompt.Length),
            })
        {
            Samples = Beams > 0 ? 1 : Samples,
            Beams = Beams > 0 ? new BeamParams { Width = Beams } : null,
            Tenant = FewEvery > 0 && id % FewEvery == 0 ? FewTenant : null,
        };
    }

    private int History(int seed, int id)
    {
        var tokens = Input.At(Draw(seed, id, 1));
        var before = (int)((Rounds + 1) * Draw(seed, id, -1));
        for (var round = 0; round < before; round++)
        {
            tokens += Input.At(Draw(seed, id, -2 - 2 * round))
                + ShareGpt.Output.At(Draw(seed, id, -3 - 2 * round));
        }

        return Math.Min(HistoryMax, tokens);
    }

    /// <summary>See <see cref="FewEvery"/>.</summary>
    public const string FewTenant = "few";

    private static double Draw(int seed, int id, int what) =>
        SimulatedExecutor.Unit(SimulatedExecutor.Mixed(
            (ulong)seed * 0x9E3779B97F4A7C15 + ((ulong)(uint)id << 32) + (uint)what)) - 1e-16;
}
