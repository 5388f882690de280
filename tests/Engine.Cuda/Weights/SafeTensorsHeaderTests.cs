using System.Text;
using SkPaged.Engine.Cuda.Weights;
using Xunit;
using static SkPaged.Engine.Cuda.Tests.Weights.SafeTensorsText;

namespace SkPaged.Engine.Cuda.Tests.Weights;

public sealed class SafeTensorsHeaderTests : IDisposable
{
    private const int Seed = 20261124;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_without_tensors_is_valid()
    {
        using var weights = Open(File("{}"));
        Assert.Empty(weights.Names);
    }

    [Fact]
    public void Metadata_and_padding_are_no_tensors()
    {
        using var weights = Open(File(
            "{\"__metadata__\":{\"format\":\"pt\"}," + Entry("a", "U8", "[2]", 0, 2) + "}   ",
            1, 2));
        Assert.Equal(["a"], weights.Names);
    }

    [Fact]
    public void Scalars_empty_tensors_and_types_that_nobody_reads_are_valid()
    {
        using var weights = Open(File(
            "{" + Entry("scalar", "F32", "[]", 0, 4)
            + "," + Entry("empty", "F32", "[0,5]", 4, 4)
            + "," + Entry("fp8", "F8_E4M3", "[2]", 4, 6)
            + "," + Entry("fp4", "F4", "[4]", 6, 8) + "}",
            0, 0, 128, 63, 1, 2, 3, 4));
        Assert.Equal(["empty", "fp4", "fp8", "scalar"], weights.Names);
        Assert.Equal<long>([0, 5], weights.Shape("empty"));
        Assert.Empty(weights.Shape("scalar"));
        var error = Assert.Throws<ModelFileException>(() => weights.DType("fp8"));
        Assert.Equal("fp8", error.Tensor);
        Assert.Contains("F8_E4M3 is not supported", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string?, string> BrokenFiles => new()
    {
        { "empty", [], null, "0 bytes are too few for a safetensors file" },
        { "no length", [1, 2, 3], null, "3 bytes are too few" },
        { "huge length", File(ulong.MaxValue, "{}"), null, "above the limit of 100000000" },
        { "long", File(500, "{}"), null, "500 bytes, but the file has 10: truncated" },
        { "pointer", "version https://git-lfs.github.com/spec/v1"u8.ToArray(), null,
            "is a pointer of Git LFS and no weights: \"git lfs pull\" fetches them" },
        { "no JSON", File("{\"a\":"), null, "not valid JSON" },
        { "no UTF-8", [2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe], null, "not valid JSON" },
        { "half a surrogate", File("{\"\\ud800\":1}"), null, "not valid JSON" },
        { "a list", File("[]"), null, "the header is no JSON object" },
        { "no entry", File("{\"a\":1}"), "a", "an object with dtype, shape and data_offsets" },
        { "no shape", File("{\"a\":{\"dtype\":\"F32\"}}"), "a", "an object with dtype, shape" },
        { "no type", One("F31", "[0]", 0, 0), "a", "the dtype F31 is unknown" },
        { "negative size", One("F32", "[-1]", 0, 0), "a", "its shape is not valid" },
        { "size and a half", One("F32", "[1.5]", 0, 0), "a", "its shape is not valid" },
        { "shape no list", One("F32", "3", 0, 0), "a", "its shape is not valid" },
        { "65 dimensions", One("U8", OnesShape(65), 0, 1), "a", "its shape is not valid" },
        { "backwards", One("U8", "[1]", 1, 0), "a", "its data_offsets are not valid" },
        { "no offsets", File("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}"),
            "a", "its data_offsets are not valid" },
        { "negative", One("U8", "[1]", -1, 0), "a", "its data_offsets are not valid" },
        { "size", One("F32", "[2,3]", 0, 20), "a", "20 bytes of data do not make F32[2, 3]" },
        { "overflow", One("F32", "[4611686018427387904,4]", 0, 0),
            "a", "0 bytes of data do not make F32[4611686018427387904, 4]" },
        { "half a byte", One("F4", "[3]", 0, 1), "a", "1 bytes of data do not make F4[3]" },
        { "truncated", One("F32", "[16]", 0, 64),
            "a", "its data ends at byte 64, but the file has 32 bytes of data: truncated" },
        { "overlap", Two(16, 12, 32), "b", "its data overlaps another tensor's" },
        { "hole", Two(16, 20, 32), "b", "4 bytes before its data belong to no tensor" },
        { "rest", Two(16, 16, 25), null, "the last 7 bytes belong to no tensor" },
        { "twice", File(
            "{" + Entry("a", "U8", "[16]", 0, 16) + "," + Entry("a", "U8", "[16]", 16, 32) + "}",
            new byte[32]), "a", "its name stands there twice" },
    };

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void A_broken_file_is_an_error_that_says_what_is_wrong(
        string what, byte[] bytes, string? tensor, string message)
    {
        var error = Assert.Throws<ModelFileException>(() => Open(bytes).Dispose());
        Assert.True(
            error.Message.Contains(message, StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.Equal(tensor, error.Tensor);
        Assert.Equal(_folder["model.safetensors"], error.File);
        Assert.StartsWith(error.File, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_headers_are_errors_or_tensors_and_never_anything_else()
    {
        var random = new Random(Seed);
        var valid = Encoding.UTF8.GetBytes(
            "{\"__metadata__\":{\"a\":\"b\"}," + Entry("a", "F32", "[2,3]", 0, 24)
            + "," + Entry("b", "BF16", "[4]", 24, 32) + "}");
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var json = random.Next(4) == 0 ? Noise(random) : Mutated(valid, random);
            try
            {
                var header = SafeTensorsHeader.Parse("fuzz", json, json.Length + 8 + 32);
                Assert.All(
                    header.Entries.Values, entry => Assert.InRange(entry.End, entry.Begin, 32));
                read++;
            }
            catch (ModelFileException)
            {
            }
        }
        Assert.InRange(read, 100, 15_000);
    }

    [Fact]
    public void Random_files_are_errors_and_never_anything_else()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            // Small lengths, so that not all are refused for their length alone.
            if (bytes.Length > 8 && random.Next(2) == 0)
                bytes.AsSpan(1, 7).Clear();
            Assert.Throws<ModelFileException>(() => Open(bytes).Dispose());
        }
    }

    // A tensor "a" before 32 bytes of data.
    private static byte[] One(string dtype, string shape, long begin, long end) =>
        File("{" + Entry("a", dtype, shape, begin, end) + "}", new byte[32]);

    // Tensors "a" at [0, end) and "b" at [begin, last) of 32 bytes of data.
    private static byte[] Two(long end, long begin, long last) => File(
        "{" + Entry("a", "U8", $"[{end}]", 0, end)
        + "," + Entry("b", "U8", $"[{last - begin}]", begin, last) + "}",
        new byte[32]);

    private static string OnesShape(int dimensions) =>
        $"[{string.Join(',', Enumerable.Repeat(1, dimensions))}]";

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(60)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutated(byte[] valid, Random random)
    {
        const string Likely = "0123456789,:[]{}\"-.eEFBU \\untrlf";
        var bytes = valid.ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            var value = random.Next(8) == 0
                ? (byte)random.Next(256)
                : (byte)Likely[random.Next(Likely.Length)];
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = value;
                    break;
                case 1:
                    bytes.Insert(at, value);
                    break;
                default:
                    bytes.RemoveAt(at);
                    break;
            }
        }
        return [.. bytes];
    }

    private WeightFiles Open(byte[] bytes)
    {
        _folder.Write("model.safetensors", bytes);
        return WeightFiles.Open(_folder.Path);
    }
}
