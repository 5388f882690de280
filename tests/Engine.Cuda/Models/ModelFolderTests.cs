using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Weights;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Models;

public sealed class ModelFolderTests : IDisposable
{
    private const string Config = """
        {"architectures": ["LlamaForCausalLM"], "vocab_size": 100, "hidden_size": 64,
         "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
         "max_position_embeddings": 512}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_with_a_configuration_and_weights_is_a_model()
    {
        _folder.Write("config.json", Config);
        _folder.Write("model.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        var model = ModelFolder.Open(_folder.Path);
        using var weights = model.OpenWeights();
        Assert.Equal(100, model.Config.VocabularySize);
        Assert.Empty(model.Generation.EndOfSequence);
        Assert.Empty(weights.Names);
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Assert.Equal($"{_folder["none"]}: there is no such folder", Error(_folder["none"]));

    [Fact]
    public void A_file_instead_of_a_folder_is_named()
    {
        var file = _folder.Write("model.safetensors", "");
        Assert.Equal($"{file}: is a file; the model's folder is needed", Error(file));
    }

    [Fact]
    public void A_folder_without_a_configuration_says_so() =>
        Assert.Equal(
            $"{_folder.Path}: is no model folder: config.json is missing", Error(_folder.Path));

    [Fact]
    public void A_folder_without_weights_says_so()
    {
        _folder.Write("config.json", Config);
        Assert.Equal(
            $"{_folder.Path}: has no weights: neither model.safetensors nor"
            + " model.safetensors.index.json (LoadFormat Dummy draws random ones)",
            Error(_folder.Path));
    }

    [Fact]
    public void Weights_in_another_form_are_named()
    {
        _folder.Write("config.json", Config);
        _folder.Write("pytorch_model.bin", "");
        _folder.Write("model-Q4.gguf", "");
        Assert.EndsWith(
            "; model-Q4.gguf, pytorch_model.bin cannot be read instead",
            Error(_folder.Path),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_unsupported_model_is_named_with_its_file()
    {
        var config = _folder.Write("config.json", "{\"architectures\": [\"MambaForCausalLM\"]}");
        var error = Assert.Throws<ModelConfigException>(() => ModelFolder.Open(_folder.Path));
        Assert.Equal(
            $"{config}: architectures is [\"MambaForCausalLM\"]: supported are LlamaForCausalLM,"
            + " MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM",
            error.Message);
    }

    private static string Error(string path) =>
        Assert.Throws<ModelFileException>(() => ModelFolder.Open(path)).Message;
}
