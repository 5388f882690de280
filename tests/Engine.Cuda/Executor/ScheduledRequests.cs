using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>Requests of all kinds that share beginnings.</summary>
internal static class ScheduledRequests
{
    private static readonly int[] _shared = Draw(37, seed: 1);

    private static readonly SamplingParams _greedy = SamplingParams.Greedy with { Logprobs = 2 };

    private static readonly SamplingParams _drawn = new() { TopK = 8, Seed = 11, Logprobs = 0 };

    private static readonly StopRule _long = new() { MaxTokens = 24 };

    private static readonly StopRule _ends = new()
    {
        MaxTokens = 40,
        MinTokens = 4,
        EndTokens = [.. Enumerable.Range(0, 60).Select(id => new TokenId(id))],
    };

    /// <summary>Prompts of 5 to 90 tokens, one to five samples each, drawn and searched.</summary>
    public static ImmutableArray<Request> All { get; } =
    [
        Of([.. _shared, 7, 8, 9], _greedy, _long),
        Of([.. _shared, .. Draw(10, seed: 2)], _drawn, _long) with { Samples = 3 },
        Of(_shared, _drawn with { Seed = 12 }, _long) with { Samples = 2, BestOf = 4 },
        Of(
            Draw(5, seed: 3),
            _drawn with { RepetitionPenalty = 1.3f, FrequencyPenalty = 0.2f },
            _long),
        Of(Draw(60, seed: 4), _greedy, _long),
        Of([.. _shared, .. Draw(20, seed: 5)], _drawn, _long) with
        {
            Samples = 2,
            CacheSalt = "another",
        },
        Of([.. _shared, 7, 8, 9], _drawn with { Seed = 13 }, _ends),
        Of(Draw(90, seed: 6), _greedy, _long) with { Samples = 2 },
        Of([.. _shared, 7], _drawn with { Seed = 14 }, _ends) with { Samples = 5 },
        Of([.. _shared, 7, 9], SamplingParams.Greedy, _long) with
        {
            Samples = 2,
            Beams = new() { Width = 3 },
        },
        Of(Draw(20, seed: 7), SamplingParams.Greedy, _ends) with
        {
            Samples = 4,
            Beams = new()
            {
                Width = 4,
                LengthPenalty = 0.5f,
                EarlyStopping = EarlyStopping.Never,
            },
        },
    ];

    /// <summary>Slots that all of them need at once when only samples share their prompt.</summary>
    public static int Slots { get; } =
        All.Sum(request => request.Prompt.Length + request.Width * request.Stop.MaxTokens);

    /// <summary>What a request gets.</summary>
    public static async Task<ScheduledAnswer> AskAsync(this EngineLoop loop, Request request)
    {
        await using var generation = loop.Submit(
            request.Prompt, request.Sampling, request.Stop, new SubmitOptions
            {
                CacheSalt = request.CacheSalt,
                Samples = request.Samples,
                BestOf = request.BestOf,
                Beams = request.Beams,
            });
        var answer = new ScheduledAnswer(request);
        await foreach (var next in generation.ReadAllAsync())
            answer.Add(next);
        return answer;
    }

    private static Request Of(int[] prompt, SamplingParams sampling, StopRule stop) =>
        new(default, [.. prompt.Select(id => new TokenId(id))], sampling, stop);

    private static int[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(ScheduledModel.Vocabulary))];
    }
}
