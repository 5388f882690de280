using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Exhaustive;

/// <summary>A world so small that everything that can happen in it can be tried.</summary>
/// <param name="Config">Its limits.</param>
/// <param name="Requests">Who may ask, each once.</param>
public sealed record World(SchedulerConfig Config, ImmutableArray<Request> Requests)
{
    /// <summary>The token that ends those that stop, another, and one more for beams.</summary>
    public const int Vocabulary = 3;

    private static readonly TokenId s_end = new(0);
    private static readonly TokenId s_other = new(1);
    private static readonly TokenId s_third = new(2);

    /// <summary>All that can happen in a state, the k-th request submitted or not.</summary>
    public IEnumerable<Event> Possible(SchedulerState state, Func<int, bool> submitted) =>
    [
        .. Requests.Where((_, index) => !submitted(index))
            .Select(request => new Event.Submitted(request)),
        .. Requests.Where((_, index) => submitted(index))
            .SelectMany(request => request.Samples == 1
                ? [new Event.Cancelled(request.Id, FinishReason.Abort)]
                : new[] { default(int?) }
                    .Concat(Enumerable.Range(0, request.Samples).Select(sample => (int?)sample))
                    .Select(sample => new Event.Cancelled(request.Id, FinishReason.Abort)
                    {
                        Sample = sample,
                    })),
        new Event.StepWanted(),
        new Event.StepFailed(new StepId((state.InFlight?.Id.Value ?? 0) - 1), "stale"),
        .. OutOfTurn(state),
        .. Answers(state),
    ];

    /// <summary>A pool so small, and nothing else that limits.</summary>
    public static SchedulerConfig Limits(int blocks, int blockSize) =>
        new()
        {
            BlocksTotal = blocks,
            BlockSize = blockSize,
            MaxModelLength = 64,
            VocabularySize = Vocabulary,
            Watermark = 0,
        };

    /// <summary>Requests of so many tokens, that may generate so many, and may stop.</summary>
    public static ImmutableArray<Request> RequestsOf(
        params (int Prompt, int Max, bool Stops)[] requests) =>
    [
        .. requests.Select((request, index) => new Request(
            new RequestId(index),
            [.. Enumerable.Repeat(s_other, request.Prompt)],
            SamplingParams.Greedy,
            new StopRule
            {
                MaxTokens = request.Max,
                EndTokens = request.Stops ? [s_end] : [],
            })),
    ];

    /// <summary>The same world in which the last request's prompt begins otherwise.</summary>
    public World WithStranger()
    {
        var last = Requests[^1];
        return this with
        {
            Requests = Requests.SetItem(
                Requests.Length - 1, last with { Prompt = last.Prompt.SetItem(0, s_end) }),
        };
    }

    /// <summary>The same world in which steps are planned ahead.</summary>
    public World WithLookAhead() => this with { Config = Config with { LookAhead = true } };

    /// <summary>The same world with a host pool, used whenever it can be.</summary>
    public World WithHost(int blocks) =>
        this with
        {
            Config = Config with
            {
                HostBlocksTotal = blocks,
                PreemptionMode = PreemptionMode.Swap,
            },
        };

    /// <summary>The same world in which the first request has so many samples.</summary>
    public World WithSamples(int samples) =>
        this with { Requests = Requests.SetItem(0, Requests[0] with { Samples = samples }) };

    /// <summary>The same world in which the last request searches two beams.</summary>
    public World WithBeams(EarlyStopping stopping = EarlyStopping.Heuristic) =>
        this with
        {
            Requests = Requests.SetItem(Requests.Length - 1, Requests[^1] with
            {
                Beams = new BeamParams { Width = 2, EarlyStopping = stopping },
            }),
        };

    /// <summary>The same world in which the last request has a salt of its own.</summary>
    public World WithSalt() =>
        this with
        {
            Requests = Requests.SetItem(
                Requests.Length - 1, Requests[^1] with { CacheSalt = "theirs" }),
        };

    /// <summary>The same world with one request less.</summary>
    public World WithoutTheLast() =>
        this with { Requests = Requests.RemoveAt(Requests.Length - 1) };

    /// <summary>The same world under priorities, of which only the first two are equal.</summary>
    public World WithPriorities() =>
        new(
            Config with { Policy = SchedulingPolicy.Priority },
            [.. Requests.Select((each, index) => each with { Priority = -Math.Max(index, 1) })]);

    /// <summary>The same world, shared fairly by two tenants, of whom one asks first.</summary>
    public World WithTenants() =>
        new(
            Config with { Policy = SchedulingPolicy.FairShare },
            [
                .. Requests.Select((each, index) =>
                    each with { Tenant = 2 * index < Requests.Length ? "one" : "two" }),
            ]);

    // The second step in flight cannot be answered before the first.
    private static Event[] OutOfTurn(SchedulerState state) =>
        state.Ahead is { } ahead ? [new Event.StepFailed(ahead.Id, "out of turn")] : [];

    // Failure, and success with every choice of tokens that makes a difference.
    private static IEnumerable<Event> Answers(SchedulerState state)
    {
        if (state.InFlight is not { } plan)
            return [];
        var draws = Enumerable.Range(0, plan.Rows)
            .SelectMany(row => Enumerable.Repeat(row, plan.Draws[row].Count))
            .Select(row => state.Running.FirstOrDefault(each => each.Id == plan.Sequences[row]))
            .Select(Draws);
        return draws
            .Aggregate(
                new[] { ImmutableArray<SampledToken>.Empty }.AsEnumerable(),
                (all, tokens) => all.SelectMany(samples => tokens.Select(samples.Add)))
            .Select(samples => new Event.StepCompleted(new StepResult(plan.Id, samples)))
            .Append<Event>(new Event.StepFailed(plan.Id, "tried"));
    }

    private static SampledToken[] Draws(Sequence? sequence) =>
        sequence?.Request switch
        {
            { Beams: not null, Stop.EndTokens.IsEmpty: false } => [.. s_goOn, .. s_endOrGoOn],
            { Beams: not null } => s_goOn,
            { Stop.EndTokens.IsEmpty: false } =>
                [new SampledToken(s_end, 0), new SampledToken(s_other, 0)],
            _ => [new SampledToken(s_other, 0)],
        };

    // Of a beam: two go on, before those of the other beam or behind them; one does, or none.
    private static readonly SampledToken[] s_goOn =
    [
        Candidates((s_other, -1), (s_third, -1)),
        Candidates((s_other, -4), (s_third, -5)),
        Candidates((s_other, -1)),
        Candidates(),
    ];

    // It ends, and goes on.
    private static readonly SampledToken[] s_endOrGoOn =
        [Candidates((s_end, -1), (s_other, -2), (s_third, -3))];

    private static SampledToken Candidates(params (TokenId Token, float Logprob)[] candidates) =>
        new(s_other)
        {
            Top = [.. candidates.Select(each => new TokenLogprob(each.Token, each.Logprob))],
        };
}
