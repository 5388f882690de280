using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Tests.Loop;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// Beams through the whole engine against a plain search that asks the engine for one token at a
/// time, each time with the whole text: no beams, no forks, no copies.
/// </summary>
public class BeamTests
{
    private const int TokensMax = 8;

    private static readonly BeamParams[] _beams =
    [
        new() { Width = 2, EarlyStopping = EarlyStopping.Always },
        new() { Width = 3 },
        new() { Width = 4, LengthPenalty = 2, EarlyStopping = EarlyStopping.Never },
    ];

    private sealed record Path(ImmutableArray<TokenId> Tokens, double Logprob, int Length);

    // Four beams of the longest prompt need 132 slots at most. Where there are few, some give way.
    public static TheoryData<string, int, int, long> Engines() => new()
    {
        { "llama", 16, 4096, 0 },
        { "llama", 1, 180, 0 },
        { "qwen3", 16, 320, 0 },
        { "qwen3", 8, 320, 1 << 24 },
        { "mistral", 4, 300, 1 << 24 },
    };

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task A_search_finds_what_a_plain_search_finds(
        string model, int blockSize, int tokens, long hostBytes)
    {
        var rows = Expectation.Of(model);
        await using var engine = LlmEngine.Load(ReferenceData.Model(model), new()
        {
            Device = EngineDevice.Cpu,
            DType = EngineDType.Float32,
            BlockSize = blockSize,
            KvBlocks = tokens / blockSize,
            MaxBatchedTokens = 64,
            Watermark = 0,
            HostCacheBytes = hostBytes,
        });
        var searches = rows
            .SelectMany(row => _beams.Select(beams => (row, beams, stop: StopOf(row))))
            .ToList();
        var answers = await Task.WhenAll(searches.Select(
            each => SearchAsync(engine, each.row.Prompt, each.beams, each.stop)));
        Assert.Equal(tokens < 1000, answers.Sum(answer => answer.Preemptions) > 0);
        Assert.Equal(2, answers.SelectMany(answer => answer.Told)
            .CountBy(told => told.EndsWith($"{FinishReason.Stop}", StringComparison.Ordinal))
            .Count());
        foreach (var ((row, beams, stop), answer) in searches.Zip(answers))
            Assert.Equal(await PlainAsync(engine, row.Prompt, beams, stop), answer.Told);
    }

    // What the model says fourth and sixth ends the search for some, and not for others.
    private static StopRule StopOf(Expectation row) => new()
    {
        MaxTokens = TokensMax,
        MinTokens = 1,
        EndTokens = [new(row.Greedy[3]), new(row.Greedy[5])],
    };

    private static async Task<(List<string> Told, int Preemptions)> SearchAsync(
        LlmEngine engine, int[] prompt, BeamParams beams, StopRule stop)
    {
        await using var generation = engine.Loop.Submit(
            [.. prompt.Select(id => new TokenId(id))],
            SamplingParams.Greedy,
            stop,
            new() { Samples = beams.Width, Beams = beams });
        var answer = await generation.ReadGroup();
        return (
            [
                .. answer.Samples.Values.Select(sample =>
                    $"{string.Join(' ', sample.Tokens.Select(token => token.Value))} "
                    + $"{sample.Reason}"),
            ],
            answer.Samples[0].Usage.Preemptions);
    }

    private static async Task<List<string>> PlainAsync(
        LlmEngine engine, int[] prompt, BeamParams beams, StopRule stop)
    {
        List<Path> alive = [new([.. prompt.Select(id => new TokenId(id))], 0, 0)];
        List<Path> found = [];
        bool IsEnd(Path path) => stop.EndTokens.Contains(path.Tokens[^1]);
        bool IsFinished(Path path) => IsEnd(path) || path.Length == TokensMax;
        double Worth(Path path, int length) =>
            path.Logprob / Math.Pow(length, beams.LengthPenalty);
        while (alive.Count > 0)
        {
            var ranked = (await Task.WhenAll(alive.Select(path => NextAsync(engine, path, stop))))
                .SelectMany(paths => paths)
                .OrderByDescending(path => path.Logprob)
                .ToList();
            found =
            [
                .. found.Concat(ranked.Take(beams.Width).Where(IsFinished))
                    .OrderByDescending(path => Worth(path, path.Length))
                    .Take(beams.Width),
            ];
            alive = [.. ranked.Where(path => !IsFinished(path)).Take(beams.Width)];
            if (found.Count < beams.Width || alive.Count == 0)
                continue;
            var best = beams.EarlyStopping == EarlyStopping.Never
                ? Worth(alive[0], TokensMax)
                : Worth(alive[0], alive[0].Length);
            if (beams.EarlyStopping == EarlyStopping.Always
                || best <= Worth(found[^1], found[^1].Length))
                break;
        }

        return
        [
            .. found.Select(path =>
                $"{string.Join(' ', path.Tokens[prompt.Length..].Select(token => token.Value))} "
                + $"{(IsEnd(path) ? FinishReason.Stop : FinishReason.Length)}"),
        ];
    }

    // One token more, each of the twenty most likely.
    private static async Task<IEnumerable<Path>> NextAsync(
        LlmEngine engine, Path path, StopRule stop)
    {
        await using var generation = engine.Loop.Submit(
            path.Tokens,
            SamplingParams.Greedy with { Logprobs = 20 },
            new StopRule
            {
                MaxTokens = 1,
                MinTokens = path.Length < stop.MinTokens ? 1 : 0,
                EndTokens = stop.EndTokens,
            });
        await foreach (var next in generation.ReadAllAsync())
        {
            if (next is TokenEvent.Token token)
                return token.Sample.Top
                    .Where(each => float.IsFinite(each.Logprob))
                    .Select(each => new Path(
                        path.Tokens.Add(each.Token),
                        path.Logprob + each.Logprob,
                        path.Length + 1));
        }

        throw new InvalidOperationException("The stream ended without a token.");
    }
}
