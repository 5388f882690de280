using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// Shared blocks hold what each request would have computed: with and without the cache, the
/// tokens are those of transformers.
/// </summary>
public class PrefixCacheTests
{
    public static TheoryData<string, int, bool> Cases()
    {
        var cases = new TheoryData<string, int, bool>();
        foreach (var model in ReferenceData.Models.Except(["llama-sharded-bf16"]))
            foreach (var blockSize in (int[])[1, 8, 16])
                foreach (var caches in (bool[])[true, false])
                    cases.Add(model, blockSize, caches);
        return cases;
    }

    // First all at once; then again twice each: once cached from before, once from each other.
    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Prompts_that_were_asked_before_continue_as_in_transformers(
        string model, int blockSize, bool caches)
    {
        var expected = Expectation.Of(model);
        await using var engine = Open(model, blockSize, caches);
        var cold = await Task.WhenAll(expected.Select(row => engine.ContinueAsync(row)));
        var warm = await Task.WhenAll(
            expected.Concat(expected).Select(row => engine.ContinueAsync(row)));
        foreach (var (row, answer) in expected.Concat(expected).Concat(expected)
            .Zip(cold.Concat(warm)))
            row.CheckUntilDoubtful(answer.Tokens);
        var whole = expected.Sum(row => (row.Prompt.Length - 1) / blockSize * blockSize);
        Assert.Equal(caches ? 2 * whole : 0, warm.Sum(answer => answer.Usage.CachedTokens));
        Assert.Equal(0, engine.Loop.Snapshot.BlocksLive);
    }

    // Eight conversations over one beginning, in steps so small that it takes many to compute it.
    [SkippableTheory]
    [InlineData("qwen3"), InlineData("llama3-rope"), InlineData("qwen2")]
    public async Task Requests_that_arrive_together_compute_what_they_share_once(string model)
    {
        var row = Expectation.Of(model).MaxBy(row => row.Prompt.Length)!;
        await using var engine = Open(model, blockSize: 8, caches: true);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => engine.ContinueAsync(row)));
        Assert.All(answers, answer => row.CheckUntilDoubtful(answer.Tokens));
        var (prompt, shared) = (row.Prompt.Length, (row.Prompt.Length - 1) / 8 * 8);
        Assert.Equal(prompt + 7 * (prompt - shared), engine.Loop.Snapshot.PrefillTokens);
        Assert.Equal(7 * shared, engine.Loop.Snapshot.CachedTokens);
    }

    private static LlmEngine Open(string model, int blockSize, bool caches) =>
        LlmEngine.Load(ReferenceData.Model(model), new()
        {
            Device = EngineDevice.Cpu,
            DType = EngineDType.Float32,
            BlockSize = blockSize,
            KvBlocks = 4096 / blockSize,
            MaxBatchedTokens = 64,
            PrefixCaching = caches,
        });
}
