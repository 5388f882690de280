using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

public class SamplingTests
{
    private static readonly SamplingParams?[] _wishes =
    [
        SamplingParams.Greedy,
        new() { Temperature = 0.8f, TopK = 20, Seed = 1 },
        null,
        SamplingParams.Greedy with { Logprobs = 3 },
        SamplingParams.Greedy,
        new() { TopP = 0.9f, MinP = 0.01f, Seed = 2, Logprobs = 0, PresencePenalty = 0.5f },
        SamplingParams.Greedy with { RepetitionPenalty = 1.5f },
        new() { Seed = 3, LogitBias = ImmutableDictionary<TokenId, float>.Empty
            .Add(new(7), 100) },
        SamplingParams.Greedy,
    ];

    // Rows of all kinds and rows that draw nothing, each with
    // several samples: what comes back is what the sampler makes of the logits of the same row.
    [SkippableTheory]
    [InlineData(Runner.Kernels)]
    [InlineData(Runner.Torch)]
    public void Each_row_is_drawn_from_its_own_logits(Runner runner)
    {
        using var engine = GpuModel.Reference(runner, "qwen3");
        var rows = _wishes.Select((wish, i) => new TestRow(
            engine.Numbered(i, [.. Enumerable.Range(3 + 11 * i, 4 + i)]), 4 + i, wish,
            new SampleRange(i, wish is null ? 0 : 1 + i % 3))).ToArray();
        var plan = TestPlan.Of(engine.Blocks.BlockSize, rows) with
        {
            Forbidden = [.. _wishes.Select((_, i) =>
                i == 8 ? ImmutableArray.Create(new TokenId(5), new TokenId(6)) : [])],
        };
        var result = engine.Execute(plan);
        var again = engine.Step(plan).Logits;
        var expected = new List<SampledToken>();
        var logits = 0;
        for (var row = 0; row < plan.Rows; row++)
        {
            var (first, count) = plan.Draws[row];
            for (var sample = first; sample < first + count; sample++)
                expected.Add(new Sampler().Draw(
                    (float[])again[logits].Clone(), SampleRequest.Of(plan, row, sample)));
            logits += plan.Samples(row) ? 1 : 0;
        }
        SampleCloseness.Check(expected, result.Samples);
    }

    [SkippableTheory]
    [InlineData(Runner.Kernels)]
    [InlineData(Runner.Torch)]
    public void A_step_that_draws_nothing_gives_nothing(Runner runner)
    {
        using var engine = GpuModel.Reference(runner, "llama");
        var sequence = engine.Sequence([1, 2, 3, 4, 5]);
        Assert.Empty(engine.Step(new TestRow(sequence, 3, null)).Tokens);
        Assert.Single(engine.Step(TestRow.Rest(sequence)).Tokens);
    }
}
