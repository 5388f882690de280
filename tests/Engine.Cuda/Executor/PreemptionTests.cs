using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>The whole engine: loop, scheduler, executor, over a model folder.</summary>
public class PreemptionTests
{
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
        var answers = await Task.WhenAll(expected.Select(row => engine.ContinueAsync(row)));
        Assert.True(answers.Sum(answer => answer.Usage.Preemptions) > 0, "nobody was preempted");
        foreach (var (row, answer) in expected.Zip(answers))
            row.CheckUntilDoubtful(answer.Tokens);
    }
}
