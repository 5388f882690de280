using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Gpu.Tests.Executor;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>
/// Draws on the device are the CPU sampler's, over rows of all kinds: peaked, even, with ties, of
/// one token, too long to be sorted.
/// </summary>
public class DrawTests
{
    private const int Rows = 24;

    private static readonly ModelConfig _config = ModelConfig.Parse(
        """
        {
          "model_type": "llama", "vocab_size": 2, "hidden_size": 64, "intermediate_size": 128,
          "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2,
          "head_dim": 16, "rms_norm_eps": 1e-6, "rope_theta": 10000,
          "max_position_embeddings": 100, "tie_word_embeddings": false, "hidden_act": "silu"
        }
        """);

    public static TheoryData<int, double> Logits()
    {
        var cases = new TheoryData<int, double>();
        foreach (var vocabulary in (int[])[1, 2, 33, 1024, 5000, 50_000])
            foreach (var spread in (double[])[0.001, 1, 4])
                cases.Add(vocabulary, spread);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Logits))]
    public void They_are_those_of_the_CPU(int vocabulary, double spread)
    {
        var random = new Random(vocabulary);
        // Half of the rows have few different logits, so that many are alike.
        var logits = Enumerable.Range(0, Rows).Select(row => Draws.Normal(
            random, vocabulary, spread).Select(x => (float)(row % 2 == 0
                ? x : Math.Round(4 * x / spread) * spread / 4)).ToArray()).ToArray();
        var wishes = Enumerable.Range(0, Rows).Select(row => Wish(row, vocabulary)).ToArray();
        var plan = Plan(vocabulary, wishes) with
        {
            Forbidden = [.. wishes.Select((_, row) => row % 5 == 1 && vocabulary > 2
                ? [new TokenId(0), new TokenId(vocabulary / 2)]
                : ImmutableArray<TokenId>.Empty)],
        };
        SampleCloseness.Check(Expected(plan, logits), Draw(vocabulary, logits, plan));
    }

    [SkippableTheory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity)]
    public void A_row_that_is_not_finite_has_no_token(float wrong)
    {
        foreach (var wish in (SamplingParams[])
            [SamplingParams.Greedy, new() { Seed = 1 }, new() { Seed = 1, PresencePenalty = 1 }])
        {
            var logits = new[] { new float[700] };
            logits[0][601] = wrong;
            Assert.Contains(
                "the model gave NaN or infinity",
                Assert.Throws<LogitsException>(
                    () => Draw(700, logits, Plan(700, wish))).Message,
                StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Of_tokens_that_are_all_forbidden_none_is_drawn()
    {
        var plan = Plan(2, SamplingParams.Greedy) with { Forbidden = [[new(0), new(1)]] };
        Assert.Contains(
            "all tokens are forbidden",
            Assert.Throws<LogitsException>(() => Draw(2, [[1, 2]], plan)).Message,
            StringComparison.Ordinal);
    }

    private static SamplingParams Wish(int row, int vocabulary)
    {
        SamplingParams[] wishes =
        [
            SamplingParams.Greedy,
            new(),
            new() { Temperature = 0.3f, Logprobs = 20 },
            new() { TopK = 1 },
            new() { TopK = 40, TopP = 0.8f, Logprobs = 3 },
            new() { TopP = 0.9f, Temperature = 1.7f },
            new() { MinP = 0.1f, Logprobs = 4 },
            new() { TopK = 4500, MinP = 0.001f },
            SamplingParams.Greedy with { Logprobs = 5, RepetitionPenalty = 1.3f },
            new() { RepetitionPenalty = 0.8f, PresencePenalty = 0.7f, FrequencyPenalty = 0.3f },
            new() { TopP = 0.999f, FrequencyPenalty = -0.4f, Logprobs = 0 },
            new()
            {
                TopP = 0.5f,
                MinP = 0.2f,
                LogitBias = ImmutableDictionary<TokenId, float>.Empty
                    .SetItem(new(0), 3).SetItem(new(vocabulary - 1), -2),
            },
        ];
        return wishes[row % wishes.Length] with { Seed = (ulong)row };
    }

    private static List<SampledToken> Expected(StepPlan plan, float[][] logits)
    {
        var expected = new List<SampledToken>();
        for (var row = 0; row < plan.Rows; row++)
            for (var i = 0; i < plan.Draws[row].Count; i++)
                expected.Add(new Sampler().Draw(
                    [.. logits[row]],
                    SampleRequest.Of(plan, row, plan.Draws[row].First + i)));
        return expected;
    }

    private static ImmutableArray<SampledToken> Draw(
        int vocabulary, float[][] logits, StepPlan plan)
    {
        var bench = KernelBench.Of(ScalarType.Float32);
        using var buffers = new CudaBuffers(
            _config with { VocabularySize = vocabulary }, ScalarType.Float32, 1, logits.Length,
            draws: 100, bench.Kernels.QueryUnits, bench.Device);
        using var all = tensor(
            logits.SelectMany(row => row).ToArray(), [logits.Length, vocabulary],
            device: bench.Device);
        buffers.Logits.copy_(all);
        bench.Settle();
        using var sampler = new DeviceSampler(
            bench.Kernels, buffers, drawsMax: 100, bench.Device, bench.Stream);
        using var answer = new StepAnswer(vocabulary);
        sampler.Read(plan);
        sampler.Draw(answer);
        bench.Settle();
        return answer.Of(plan);
    }

    private static StepPlan Plan(int vocabulary, params SamplingParams[] wishes)
    {
        var blocks = new BlockSource(200, 16, seed: 1);
        var random = new Random(5);
        return TestPlan.Of(
            16,
            [.. wishes.Select((wish, row) => new TestRow(
                new TestSequence(
                    row, [.. Enumerable.Range(0, 20).Select(_ => random.Next(vocabulary))], blocks),
                20, wish, new SampleRange(row, 1 + row % 3)))]) with
        {
            PromptCounts = [.. wishes.Select(_ => 8)],
        };
    }
}
