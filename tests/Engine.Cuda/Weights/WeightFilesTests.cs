using SkPaged.Engine.Cuda.Weights;
using TorchSharp;
using Xunit;
using static SkPaged.Engine.Cuda.Tests.Weights.SafeTensorsText;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Weights;

public sealed class WeightFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_are_those_of_the_file()
    {
        using var weights = Open(File(
            "{" + Entry("a", "F32", "[2,3]", 0, 24) + "}", Floats(1, -2, 3.5f, 0, 1e-20f, 7)));
        using var a = weights.Load("a", ScalarType.Float32);
        Assert.Equal([2, 3], a.shape);
        Assert.Equal([1, -2, 3.5f, 0, 1e-20f, 7], a.data<float>().ToArray());
        Assert.Equal(ScalarType.Float32, weights.DType("a"));
    }

    [Theory]
    [InlineData("BF16", new byte[] { 0x80, 0x3f, 0x49, 0x40, 0x00, 0x80, 0x80, 0x7f })]
    [InlineData("F16", new byte[] { 0x00, 0x3c, 0x48, 0x42, 0x00, 0x80, 0x00, 0x7c })]
    public void Half_precision_is_widened_exactly(string dtype, byte[] data)
    {
        using var weights = Open(File("{" + Entry("a", dtype, "[4]", 0, 8) + "}", data));
        using var a = weights.Load("a", ScalarType.Float32);
        Assert.Equal([1, 3.140625f, -0f, float.PositiveInfinity], a.data<float>().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(1000)]
    public void Pieces_of_any_size_make_the_same_tensor(int pieceSize)
    {
        _folder.Write("model.safetensors", File(
            "{" + Entry("a", "F32", "[7,3]", 0, 84) + "}",
            Floats([.. Enumerable.Range(0, 21).Select(i => (float)i)])));
        using var file = SafeTensorsFile.Open(_folder["model.safetensors"]);
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64 })
        {
            using var a = zeros(7, 3, dtype: dtype);
            TensorCopy.Fill(a, file, file.Header.Entries["a"], pieceSize);
            using var expected = arange(21, dtype: dtype).view(7, 3);
            Assert.True(a.equal(expected).all().item<bool>(), $"{dtype}");
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Several_tensors_fill_one_side_by_side(ScalarType dtype)
    {
        using var weights = Open(File(
            "{" + Entry("q", "F32", "[2,2]", 0, 16)
            + "," + Entry("k", "F32", "[1,2]", 16, 24) + "}",
            Floats(1, 2, 3, 4, 5, 6)));
        using var fused = full(3, 2, -1, dtype: dtype);
        using (var rows = fused.narrow(0, 0, 2))
            weights.LoadInto("q", rows);
        using (var rows = fused.narrow(0, 2, 1))
            weights.LoadInto("k", rows);
        using var read = fused.to(ScalarType.Float32);
        Assert.Equal([1, 2, 3, 4, 5, 6], read.data<float>().ToArray());
    }

    [Fact]
    public void A_part_that_is_not_contiguous_is_filled_and_the_rest_is_left_alone()
    {
        using var weights = Open(File(
            "{" + Entry("a", "F32", "[2,2]", 0, 16) + "}", Floats(1, 2, 3, 4)));
        using var whole = full(2, 4, -1, dtype: ScalarType.Float32);
        using (var columns = whole.narrow(1, 1, 2))
            weights.LoadInto("a", columns);
        Assert.Equal([-1, 1, 2, -1, -1, 3, 4, -1], whole.data<float>().ToArray());
    }

    [Fact]
    public void Parameters_that_learn_can_be_filled()
    {
        using var weights = Open(File("{" + Entry("a", "F32", "[2]", 0, 8) + "}", Floats(1, 2)));
        using var parameter = zeros(2, dtype: ScalarType.Float64, requires_grad: true);
        weights.LoadInto("a", parameter);
        Assert.Equal([1, 2], parameter.data<double>().ToArray());
    }

    [Fact]
    public void A_scalar_and_an_empty_tensor_load()
    {
        using var weights = Open(File(
            "{" + Entry("scalar", "F32", "[]", 0, 4)
            + "," + Entry("empty", "F32", "[0,5]", 4, 4) + "}",
            Floats(2)));
        using var scalar = weights.Load("scalar", ScalarType.Float32);
        using var empty = weights.Load("empty", ScalarType.Float32);
        Assert.Equal(2, scalar.item<float>());
        Assert.Equal([0, 5], empty.shape);
    }

    [Fact]
    public void Another_shape_than_the_models_is_an_error_that_names_both()
    {
        using var weights = Open(File("{" + Entry("a", "F32", "[1,2]", 0, 8) + "}", Floats(1, 2)));
        using var other = zeros(2, 1);
        var error = Assert.Throws<ModelFileException>(() => weights.LoadInto("a", other));
        Assert.Equal(
            $"{_folder["model.safetensors"]}: tensor a: its shape is [1, 2],"
            + " but the model needs [2, 1]",
            error.Message);
    }

    [Theory]
    [InlineData("F8_E4M3")]
    [InlineData("U32")]
    [InlineData("I8")]
    [InlineData("I32")]
    public void Weights_that_are_no_plain_numbers_are_an_error_that_names_their_type(string dtype)
    {
        var size = dtype.EndsWith("32", StringComparison.Ordinal) ? 8 : 2;
        using var weights = Open(
            File("{" + Entry("a", dtype, "[2]", 0, size) + "}", new byte[size]));
        using var destination = zeros(2);
        var expected = $"{_folder["model.safetensors"]}: tensor a: its dtype {dtype} is not "
            + "supported; supported are F32, BF16, F16 and F64";
        Assert.Equal(
            expected,
            Assert.Throws<ModelFileException>(
                () => weights.LoadInto("a", destination)).Message);
        Assert.Equal(
            expected,
            Assert.Throws<ModelFileException>(
                () => weights.Load("a", ScalarType.BFloat16)).Message);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        using var weights = Open(File("{}"));
        Assert.False(weights.Contains("lm_head.weight"));
        var error = Assert.Throws<ModelFileException>(
            () => weights.Load("lm_head.weight", ScalarType.Float32));
        Assert.Equal(
            $"{_folder.Path}: tensor lm_head.weight: is missing from the weights", error.Message);
    }

    [Fact]
    public void Use_after_dispose_is_an_error()
    {
        var weights = Open(File("{" + Entry("a", "F32", "[1]", 0, 4) + "}", Floats(1)));
        weights.Dispose();
        weights.Dispose();
        Assert.Throws<ObjectDisposedException>(() => weights.Load("a", ScalarType.Float32));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Loading_leaves_the_loaded_tensor_and_no_other(ScalarType dtype)
    {
        using var weights = Open(File(
            "{" + Entry("a", "F32", "[4,2]", 0, 32) + "}", new byte[32]));
        using var scope = NewDisposeScope();
        using var a = weights.Load("a", dtype);
        Assert.Equal(1, scope.DisposablesCount);
        weights.LoadInto("a", a);
        Assert.Equal(1, scope.DisposablesCount);
    }

    private WeightFiles Open(byte[] bytes)
    {
        _folder.Write("model.safetensors", bytes);
        return WeightFiles.Open(_folder.Path);
    }
}
