using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>An element type of the safetensors format, by its name there.</summary>
/// <param name="Name">Such as <c>BF16</c>.</param>
/// <param name="Bits">Bits of an element.</param>
/// <param name="Torch">The same type in torch; null where the engine does not read it.</param>
internal sealed record SafeTensorType(string Name, int Bits, ScalarType? Torch)
{
    // All that the format defines: a file may hold tensors that nobody asks for.
    private static readonly SafeTensorType[] All =
    [
        new("F64", 64, ScalarType.Float64),
        new("F32", 32, ScalarType.Float32),
        new("F16", 16, ScalarType.Float16),
        new("BF16", 16, ScalarType.BFloat16),
        new("I64", 64, ScalarType.Int64),
        new("I32", 32, ScalarType.Int32),
        new("I16", 16, ScalarType.Int16),
        new("I8", 8, ScalarType.Int8),
        new("U8", 8, ScalarType.Byte),
        new("BOOL", 8, ScalarType.Bool),
        new("U64", 64, null),
        new("U32", 32, null),
        new("U16", 16, null),
        new("C64", 64, null),
        new("F8_E4M3", 8, null),
        new("F8_E5M2", 8, null),
        new("F8_E8M0", 8, null),
        new("F6_E2M3", 6, null),
        new("F6_E3M2", 6, null),
        new("F4", 4, null),
    ];

    /// <summary>The type of a name; null where the format has none.</summary>
    public static SafeTensorType? Named(string name) => Array.Find(All, type => type.Name == name);

    /// <summary>The format's type for one of torch; null where there is none.</summary>
    public static SafeTensorType? Of(ScalarType torch) =>
        Array.Find(All, type => type.Torch == torch);

    /// <summary>
    /// Bytes of this many elements; null where they do not fill whole bytes or overflow.
    /// </summary>
    public long? Bytes(IReadOnlyList<long> shape)
    {
        Int128 bits = Bits;
        foreach (var size in shape)
        {
            bits *= size;
            if (bits > long.MaxValue)
                return null;
        }
        return bits % 8 == 0 ? (long)(bits / 8) : null;
    }
}
