using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>A tensor in a file: bytes [Begin, End) of the data that follows the header.</summary>
internal sealed record SafeTensorEntry(
    string Name, SafeTensorType Type, ImmutableArray<long> Shape, long Begin, long End)
{
    public long Size => End - Begin;
}
