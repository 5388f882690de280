using System.Text.Json;
using SkPaged.Engine.Cuda.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Weights;

public sealed class SafeTensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void What_is_written_is_read_back(ScalarType dtype)
    {
        using var a = randn(5, 7, generator: new Generator(1));
        using var columns = a.t();
        using var scalar = tensor(2.5f);
        using var none = zeros(0, 3);
        SafeTensorsWriter.Write(
            Target,
            [new("a", a), new("columns", columns), new("scalar", scalar), new("none", none)],
            dtype);
        using var weights = WeightFiles.Open(_folder.Path);
        AssertSame(a, weights, "a", dtype);
        AssertSame(columns, weights, "columns", dtype);
        AssertSame(scalar, weights, "scalar", dtype);
        AssertSame(none, weights, "none", dtype);
    }

    [Fact]
    public void Each_tensor_keeps_its_type_where_none_is_asked_for()
    {
        using var whole = arange(3, dtype: ScalarType.Int64);
        using var half = ones(2, dtype: ScalarType.Float16);
        SafeTensorsWriter.Write(Target, [new("whole", whole), new("half", half)]);
        using var weights = WeightFiles.Open(_folder.Path);
        Assert.Equal(ScalarType.Int64, weights.DType("whole"));
        Assert.Equal(ScalarType.Float16, weights.DType("half"));
    }

    [Fact]
    public void The_file_has_the_layout_of_the_format()
    {
        using var a = tensor(new float[] { 1, -2 });
        SafeTensorsWriter.Write(Target, [new("a", a)]);
        var bytes = File.ReadAllBytes(Target);
        var length = (int)BitConverter.ToUInt64(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        var entry = header.RootElement.GetProperty("a");
        Assert.Equal(0, length % 8);
        Assert.Equal("F32", entry.GetProperty("dtype").GetString());
        Assert.Equal("[2]", entry.GetProperty("shape").GetRawText());
        Assert.Equal("[0,8]", entry.GetProperty("data_offsets").GetRawText());
        Assert.Equal(
            "pt", header.RootElement.GetProperty("__metadata__").GetProperty("format").GetString());
        Assert.Equal(SafeTensorsText.Floats(1, -2), bytes[(8 + length)..]);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        using var a = ones(1);
        using var complex = zeros(1, dtype: ScalarType.ComplexFloat64);
        SafeTensorsWriter.Write(Target, [new("a", a)]);
        var twice = Assert.Throws<ArgumentException>(
            () => SafeTensorsWriter.Write(Target, [new("a", a), new("a", a)]));
        var type = Assert.Throws<ArgumentException>(
            () => SafeTensorsWriter.Write(Target, [new("c", complex)]));
        Assert.Contains("a: its name stands there twice", twice.Message, StringComparison.Ordinal);
        Assert.Contains("c: the format has no type", type.Message, StringComparison.Ordinal);
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
        using var weights = WeightFiles.Open(_folder.Path);
        Assert.True(weights.Contains("a"));
    }

    [Fact]
    public void Writing_and_loading_leave_no_tensor_behind()
    {
        using var a = randn(5, 7);
        using var columns = a.t();
        using var scope = NewDisposeScope();
        SafeTensorsWriter.Write(Target, [new("a", a), new("b", columns)], ScalarType.BFloat16);
        using (var weights = WeightFiles.Open(_folder.Path))
            weights.Load("b", ScalarType.Float32).Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    private string Target => _folder["model.safetensors"];

    private static void AssertSame(
        Tensor expected, WeightFiles weights, string name, ScalarType dtype)
    {
        Assert.Equal(dtype, weights.DType(name));
        using var converted = expected.to(dtype);
        using var read = weights.Load(name, dtype);
        Assert.Equal(expected.shape, read.shape);
        using var same = converted.eq(read);
        using var all = same.all();
        Assert.True(all.item<bool>(), name);
    }
}
