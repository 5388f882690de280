using SkPaged.Engine.Cuda.Weights;
using Xunit;
using static SkPaged.Engine.Cuda.Tests.Weights.SafeTensorsText;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Weights;

public sealed class ShardedWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ShardedWeightsTests()
    {
        _folder.Write("one.safetensors", Shard("a", 1));
        _folder.Write("two.safetensors", Shard("b", 2));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_come_from_the_shard_that_the_index_names()
    {
        Index("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        using var weights = WeightFiles.Open(_folder.Path);
        using var b = weights.Load("b", ScalarType.Float32);
        Assert.Equal(["a", "b"], weights.Names);
        Assert.Equal(2, b.item<float>());
        Assert.Equal(8, weights.TotalBytes);
    }

    [Theory]
    [InlineData("{", null, "is not valid JSON")]
    [InlineData("[]", null, "has no weight_map object")]
    [InlineData("""{"weight_map":[]}""", null, "has no weight_map object")]
    [InlineData("""{"weight_map":{"a":1}}""", "a", "1 is not the name of a file in the folder")]
    [InlineData("""{"weight_map":{"a":"../x"}}""", "a", "../x is not the name of a file")]
    [InlineData("""{"weight_map":{"a":"/x"}}""", "a", "/x is not the name of a file in the folder")]
    [InlineData("""{"weight_map":{"a":".."}}""", "a", ".. is not the name of a file in the folder")]
    [InlineData("""{"weight_map":{"a":""}}""", "a", "is not the name of a file in the folder")]
    [InlineData("""{"weight_map":{"a":"one","a":"two"}}""", "a", "its name stands there twice")]
    public void A_broken_index_is_an_error(string json, string? tensor, string message)
    {
        Index(json);
        var error = Assert.Throws<ModelFileException>(() => WeightFiles.Open(_folder.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(tensor, error.Tensor);
        Assert.Equal(_folder["model.safetensors.index.json"], error.File);
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        Index("""{"weight_map":{"a":"one.safetensors","c":"three.safetensors"}}""");
        var error = Assert.Throws<ModelFileException>(() => WeightFiles.Open(_folder.Path));
        Assert.Equal(_folder["three.safetensors"], error.File);
        Assert.Contains("is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_lacks_its_tensor_is_named()
    {
        Index("""{"weight_map":{"a":"one.safetensors","c":"two.safetensors"}}""");
        var error = Assert.Throws<ModelFileException>(() => WeightFiles.Open(_folder.Path));
        Assert.Equal(_folder["two.safetensors"], error.File);
        Assert.Equal("c", error.Tensor);
    }

    [Fact]
    public void A_corrupt_shard_is_named()
    {
        Index("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        _folder.Write("two.safetensors", [1, 2, 3]);
        var error = Assert.Throws<ModelFileException>(() => WeightFiles.Open(_folder.Path));
        Assert.Equal(_folder["two.safetensors"], error.File);
    }

    [Fact]
    public void A_folder_without_weights_says_what_it_lacks()
    {
        var error = Assert.Throws<ModelFileException>(() => WeightFiles.Open(_folder.Path));
        Assert.Equal(
            $"{_folder.Path}: has neither model.safetensors nor model.safetensors.index.json",
            error.Message);
    }

    [SkippableFact]
    public void Every_tensor_of_the_reference_models_is_read_and_finite()
    {
        foreach (var name in ReferenceData.Models)
        {
            using var weights = WeightFiles.Open(ReferenceData.Model(name));
            Assert.NotEmpty(weights.Names);
            foreach (var tensorName in weights.Names)
            {
                using var tensor = weights.Load(tensorName, ScalarType.Float32);
                using var finite = tensor.isfinite();
                using var all = finite.all();
                Assert.True(all.item<bool>(), $"{name}: {tensorName}");
                Assert.Equal(weights.Shape(tensorName).AsSpan(), tensor.shape);
            }
        }
    }

    [SkippableFact]
    public void The_sharded_reference_model_has_the_bytes_that_its_index_counts()
    {
        using var weights = WeightFiles.Open(ReferenceData.Model("llama-sharded-bf16"));
        Assert.Equal(390_016, weights.TotalBytes);
        Assert.Equal(ScalarType.BFloat16, weights.DType("model.embed_tokens.weight"));
    }

    private void Index(string json) => _folder.Write("model.safetensors.index.json", json);

    private static byte[] Shard(string name, float value) =>
        File("{" + Entry(name, "F32", "[1]", 0, 4) + "}", Floats(value));
}
