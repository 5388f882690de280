using SkPaged.Engine.Cuda.Weights;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

public class LlmEngineTests
{
    private static readonly LlmEngineOptions _cpu =
        new() { Device = EngineDevice.Cpu, KvBlocks = 64 };

    [SkippableFact]
    public void A_loaded_engine_tells_its_limits()
    {
        using var engine = LlmEngine.Load(ReferenceData.Model("qwen3"), _cpu);
        Assert.Equal(64, engine.SchedulerConfig.BlocksTotal);
        Assert.Equal(512, engine.SchedulerConfig.MaxModelLength);
        Assert.Equal(512, engine.SchedulerConfig.VocabularySize);
        Assert.Equal([new TokenId(2)], engine.GenerationDefaults.EndOfSequence.AsEnumerable());
    }

    [SkippableFact]
    public void The_policy_and_its_weights_reach_the_scheduler()
    {
        using var engine = LlmEngine.Load(ReferenceData.Model("qwen3"), _cpu with
        {
            Policy = SchedulingPolicy.FairShare,
            PromptTokenWeight = 3,
            OutputTokenWeight = 4,
        });
        Assert.Equal(SchedulingPolicy.FairShare, engine.SchedulerConfig.Policy);
        Assert.Equal(3, engine.SchedulerConfig.PromptTokenWeight);
        Assert.Equal(4, engine.SchedulerConfig.OutputTokenWeight);
    }

    [SkippableFact]
    public void Without_a_number_of_blocks_all_sequences_that_may_run_get_theirs()
    {
        using var engine = LlmEngine.Load(
            ReferenceData.Model("qwen3"), new() { Device = EngineDevice.Cpu, MaxSequences = 3 });
        Assert.Equal(3 * 512 / 16, engine.SchedulerConfig.BlocksTotal);
    }

    [SkippableFact]
    public void All_wrong_options_are_named_at_once()
    {
        var error = Assert.Throws<EngineConfigException>(() => LlmEngine.Load(
            ReferenceData.Model("qwen3"), new()
            {
                BlockSize = 0,
                KvBlocks = 0,
                KvMemoryFraction = 2,
                GpuMemoryUtilization = double.NaN,
                HostCacheBytes = -1,
                HostBlocks = -1,
                PreemptionMode = (PreemptionMode)9,
                SwapCostPerBlock = double.NaN,
                MaxModelLength = 513,
                MaxBatchedTokens = 0,
                Policy = (SchedulingPolicy)3,
                OutputTokenWeight = 1001,
                Threads = 0,
                DecodeGraphs = new()
                {
                    RowsMax = 513,
                    TimeMax = TimeSpan.FromHours(1),
                    BytesMax = -1,
                },
            }));
        Assert.Equal(
            ["BlockSize", "DecodeGraphs.BytesMax", "DecodeGraphs.RowsMax",
                "DecodeGraphs.TimeMax", "GpuMemoryUtilization", "HostBlocks",
                "HostCacheBytes", "KvBlocks", "KvMemoryFraction", "MaxBatchedTokens",
                "MaxModelLength", "OutputTokenWeight", "Policy", "PreemptionMode",
                "SwapCostPerBlock", "Threads"],
            error.Errors.Select(wrong => wrong.Name).Order());
        Assert.Contains(
            "MaxModelLength is 513; it must be from 2 to 512, the model's limit.", error.Message,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Cuda_that_is_not_there_is_an_error_that_says_what_to_do()
    {
        var libtorch = SkPaged.Engine.Cuda.Native.LibTorch.Load();
        Skip.If(libtorch.HasCuda, "this libtorch has CUDA");
        var error = Assert.Throws<DeviceUnavailableException>(() => LlmEngine.Load(
            ReferenceData.Model("qwen3"), new() { Device = EngineDevice.Cuda }));
        Assert.Equal(
            $"Device is Cuda, but libtorch in {libtorch.Folder} is built for CPUs only. Build with "
            + "-p:TorchBackend=cuda, or name a CUDA build by SKPAGED_LIBTORCH.",
            error.Message);
    }

    [SkippableFact]
    public void A_cache_beyond_the_memory_is_refused_with_the_numbers()
    {
        var error = Assert.Throws<KvCacheTooSmallException>(() => LlmEngine.Load(
            ReferenceData.Model("qwen3"), _cpu with { KvBlocks = int.MaxValue }));
        Assert.StartsWith("KvBlocks is 2,147,483,647: with 16,384 bytes a block", error.Message,
            StringComparison.Ordinal);
    }

    // 16,384 bytes a block.
    [SkippableTheory]
    [InlineData(0, 0)]
    [InlineData(16_384, 1)]
    [InlineData(1_000_000, 61)]
    public void The_hosts_bytes_become_blocks_that_the_scheduler_knows(long bytes, int blocks)
    {
        using var engine = LlmEngine.Load(
            ReferenceData.Model("qwen3"),
            _cpu with { DType = EngineDType.Float32, HostCacheBytes = bytes });
        Assert.Equal(blocks, engine.SchedulerConfig.HostBlocksTotal);
    }

    [SkippableFact]
    public void Policy_and_swapping_are_told_to_the_scheduler()
    {
        using var engine = LlmEngine.Load(ReferenceData.Model("qwen3"), _cpu with
        {
            Policy = SchedulingPolicy.FairShare,
            HostBlocks = 7,
            PreemptionMode = PreemptionMode.Swap,
            SwapCostPerBlock = 0.5,
        });
        var config = engine.SchedulerConfig;
        Assert.Equal(
            (SchedulingPolicy.FairShare, 7, PreemptionMode.Swap, 0.5),
            (config.Policy, config.HostBlocksTotal, config.PreemptionMode,
                config.SwapCostPerBlock));
    }

    [SkippableFact]
    public void Host_blocks_beyond_the_memory_beside_bytes_or_missing_are_refused()
    {
        var model = ReferenceData.Model("qwen3");
        var much = Assert.Throws<HostCacheTooLargeException>(() => LlmEngine.Load(
            model, _cpu with { HostBlocks = int.MaxValue, DType = EngineDType.Float32 }));
        Assert.StartsWith(
            "HostBlocks is 2,147,483,647: with 16,384 bytes a block that is 35,184,372,072,448 "
            + "bytes; ", much.Message, StringComparison.Ordinal);
        var both = Assert.Throws<EngineConfigException>(() => LlmEngine.Load(
            model, _cpu with { HostBlocks = 0, HostCacheBytes = 16_384 }));
        Assert.Contains(
            "HostBlocks is 0; it must be null where HostCacheBytes is given.", both.Message,
            StringComparison.Ordinal);
        var nowhere = Assert.Throws<EngineConfigException>(() => LlmEngine.Load(
            model, _cpu with { PreemptionMode = PreemptionMode.Swap }));
        Assert.Contains(
            "PreemptionMode is Swap; it must be Auto or Recompute without HostBlocks or "
            + "HostCacheBytes.", nowhere.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_host_cache_beyond_the_memory_is_refused()
    {
        var error = Assert.Throws<HostCacheTooLargeException>(() => LlmEngine.Load(
            ReferenceData.Model("qwen3"), _cpu with { HostCacheBytes = long.MaxValue }));
        Assert.StartsWith(
            "HostCacheBytes is 9,223,372,036,854,775,807; ", error.Message,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        using var folder = Copy("qwen3", config => config.Replace(
            "\"intermediate_size\": 128", "\"intermediate_size\": 144", StringComparison.Ordinal));
        var error = Assert.Throws<ModelFileException>(() => LlmEngine.Load(folder.Path, _cpu));
        Assert.Equal(
            $"{folder["model.safetensors"]}: tensor model.layers.0.mlp.gate_proj.weight: "
                + "its shape is "
            + "[128, 64], but the model needs [144, 64]",
            error.Message);
    }

    [SkippableFact]
    public void A_missing_tensor_is_named()
    {
        using var folder = Copy("qwen3", config => config.Replace(
            "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false",
                StringComparison.Ordinal));
        var error = Assert.Throws<ModelFileException>(() => LlmEngine.Load(folder.Path, _cpu));
        Assert.Equal(
            $"{folder.Path}: tensor lm_head.weight: is missing from the weights", error.Message);
    }

    [SkippableFact]
    public void Vocabularies_and_widths_that_no_vector_divides_run_on_torch()
    {
        var config = SkPaged.Engine.Cuda.Models.ModelConfig.Read(
            Path.Combine(ReferenceData.Model("qwen3"), "config.json"));
        var odd =
            config with
            {
                HiddenSize = 36,
                HeadDim = 10,
                IntermediateSize = 50,
                VocabularySize = 77
            };
        using var engine = TestModel.Random(odd, kernels: true);
        var (tokens, logits) = engine.Step(TestRow.Rest(engine.Sequence([1, 2, 3])));
        Assert.Equal(77, logits[0].Length);
        Assert.Equal(Array.IndexOf(logits[0], logits[0].Max()), tokens[0]);
    }

    private static TemporaryFolder Copy(string model, Func<string, string> change)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(ReferenceData.Model(model)))
            File.WriteAllBytes(folder[Path.GetFileName(file)], File.ReadAllBytes(file));
        File.WriteAllText(folder["config.json"], change(File.ReadAllText(folder["config.json"])));
        return folder;
    }
}
