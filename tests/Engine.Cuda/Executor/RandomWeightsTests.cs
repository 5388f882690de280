using SkPaged.Engine.Cuda.Weights;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>A model of a <c>config.json</c> alone, its weights drawn at random.</summary>
public sealed class RandomWeightsTests : IDisposable
{
    private const string Config = """
        {"architectures": ["Qwen3ForCausalLM"], "vocab_size": 100, "hidden_size": 64,
         "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 64,
         "torch_dtype": "bfloat16", "eos_token_id": 7}
        """;

    private static readonly LlmEngineOptions _options =
        new() { Device = EngineDevice.Cpu, KvBlocks = 8, LoadFormat = LoadFormat.Dummy };

    private readonly TemporaryFolder _folder = new();

    public RandomWeightsTests() => _folder.Write("config.json", Config);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EngineDType.Float32)]
    [InlineData(EngineDType.BFloat16)]
    [InlineData(EngineDType.Float16)]
    public async Task The_same_configuration_gives_the_same_tokens(EngineDType dtype)
    {
        var first = await ContinueAsync(_folder.Path, dtype);
        Assert.Equal(20, first.Length);
        Assert.True(first.Distinct().Count() > 1);
        Assert.Equal(first, await ContinueAsync(_folder["config.json"], dtype));
    }

    [Fact]
    public void A_file_of_another_name_will_do()
    {
        using var engine = LlmEngine.Load(_folder.Write("shape.json", Config), _options);
        Assert.Equal(100, engine.ModelConfig.VocabularySize);
        Assert.Equal([new TokenId(7)], engine.GenerationDefaults.EndOfSequence.AsEnumerable());
    }

    [Fact]
    public void Without_being_asked_for_they_are_not_drawn()
    {
        var error = Assert.Throws<ModelFileException>(() => LlmEngine.Load(
            _folder.Path, _options with { LoadFormat = LoadFormat.Auto }));
        Assert.Equal(
            $"{_folder.Path}: has no weights: neither model.safetensors nor "
            + "model.safetensors.index.json (LoadFormat Dummy draws random ones)", error.Message);
        Assert.Throws<ModelFileException>(() => LlmEngine.Load(
            _folder["config.json"], _options with { LoadFormat = LoadFormat.Auto }));
    }

    [Fact]
    public void Neither_a_folder_nor_a_file_and_no_such_format_are_named()
    {
        Assert.Equal(
            $"{_folder["none"]}: there is no such folder",
            Assert.Throws<ModelFileException>(() => LlmEngine.Load(_folder["none"], _options))
                .Message);
        Assert.Equal(
            "LoadFormat is 9; it must be Auto or Dummy.",
            Assert.Throws<EngineConfigException>(() => LlmEngine.Load(
                ReferenceFolder(), _options with { LoadFormat = (LoadFormat)9 })).Message);
    }

    private async Task<int[]> ContinueAsync(string path, EngineDType dtype)
    {
        await using var engine = LlmEngine.Load(path, _options with { DType = dtype });
        await using var generation = engine.Loop.Submit(
            [new TokenId(1), new TokenId(2)], SamplingParams.Greedy,
            new StopRule { MaxTokens = 20 });
        var tokens = new List<int>();
        await foreach (var next in generation.ReadAllAsync())
            if (next is TokenEvent.Token token)
                tokens.Add(token.Sample.Token.Value);
        return [.. tokens];
    }

    // Has the files that a format which does not exist is refused in spite of.
    private string ReferenceFolder()
    {
        _folder.Write("model.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        return _folder.Path;
    }
}
