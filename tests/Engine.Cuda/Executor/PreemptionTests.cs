using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>The whole engine: loop, scheduler, executor, over a model folder.</summary>
public class PreemptionTests
{
    private const float Tolerance = 1e-3f;

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (var model in ReferenceData.Models.Except(["llama-sharded-bf16"]))
            foreach (var blockSize in (int[])[1, 8, 16, 32])
                cases.Add(model, blockSize);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task With_too_few_blocks_for_all_tokens_are_still_those_of_transformers(
        string model, int blockSize)
    {
        var expected = Expectation.Of(model);
        await using var engine = LlmEngine.Load(ReferenceData.Model(model), new()
        {
            Device = EngineDevice.Cpu,
            DType = EngineDType.Float32,
            BlockSize = blockSize,
            // The longest sequence has 148 tokens, all together 635: a third of that.
            KvBlocks = 224 / blockSize,
            MaxBatchedTokens = 64,
            Watermark = 0,
        });
        var answers = await Task.WhenAll(expected.Select(row => Generate(engine, row)));
        Assert.True(answers.Sum(answer => answer.Usage.Preemptions) > 0, "nobody was preempted");
        foreach (var (row, answer) in expected.Zip(answers))
            CheckUntilDoubtful(row, answer.Tokens);
    }

    // Once a step is too close to call, another rounding may have taken the other way.
    private static void CheckUntilDoubtful(Expectation expected, int[] tokens)
    {
        Assert.Equal(expected.Greedy.Length, tokens.Length);
        var certain = expected.Margins.TakeWhile(margin => margin > Tolerance).Count();
        Assert.Equal(expected.Greedy[..certain], tokens[..certain]);
    }

    private static async Task<(int[] Tokens, Usage Usage)> Generate(LlmEngine engine,
        Expectation row)
    {
        await using var generation = engine.Loop.Submit(
            [.. row.Prompt.Select(id => new TokenId(id))], SamplingParams.Greedy,
            new StopRule { MaxTokens = row.Greedy.Length });
        var tokens = new List<int>();
        await foreach (var next in generation.ReadAllAsync())
        {
            if (next is TokenEvent.Finished end)
                return ([.. tokens], end.Usage);
            tokens.Add(((TokenEvent.Token)next).Sample.Token.Value);
        }
        throw new InvalidOperationException("The stream ended without an end.");
    }
}
