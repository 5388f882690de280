using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>
/// The header of a safetensors file, checked: 8 bytes of length N, N bytes of JSON, then the data.
/// Every byte of the data belongs to exactly one tensor.
/// </summary>
/// <param name="DataOffset">Where the data begins in the file, in bytes.</param>
/// <param name="Entries">The tensors by name.</param>
internal sealed record SafeTensorsHeader(
    long DataOffset, ImmutableDictionary<string, SafeTensorEntry> Entries)
{
    public const int LengthSize = sizeof(ulong);

    /// <summary>The format's own limit: it keeps a corrupt length from taking all memory.</summary>
    public const long MaxLength = 100_000_000;

    // What lies in a clone without the large files, in the place of each.
    private static ReadOnlySpan<byte> PointerStart => "version "u8;

    private const string Metadata = "__metadata__";

    // A tensor with more dimensions is a damaged one; torch itself ends at 64.
    private const int MaxDimensions = 64;

    /// <summary>The header's length N, as its first 8 bytes tell.</summary>
    /// <exception cref="ModelFileException">The file has no room for a header of this
    /// length.</exception>
    public static int Length(string file, ReadOnlySpan<byte> start, long fileLength)
    {
        if (start.Length < LengthSize)
            throw new ModelFileException(
                file, null, $"{fileLength} bytes are too few for a safetensors file");
        if (start.StartsWith(PointerStart))
            throw new ModelFileException(
                file, null,
                "is a pointer of Git LFS and no weights: \"git lfs pull\" fetches them");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaxLength)
            throw new ModelFileException(
                file, null,
                $"the header would have {length} bytes, above the limit of {MaxLength}:"
                + " corrupt, or no safetensors file");
        if ((long)length > fileLength - LengthSize)
            throw new ModelFileException(
                file, null,
                $"the header would have {length} bytes, but the file has {fileLength}: truncated");
        return (int)length;
    }

    /// <summary>Reads the header's JSON and checks it against the file's length.</summary>
    /// <exception cref="ModelFileException">The header is corrupt: the message says
    /// how.</exception>
    public static SafeTensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long fileLength)
    {
        var dataOffset = LengthSize + (long)json.Length;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ModelFileException(file, null, "the header is no JSON object");
            var entries = ReadEntries(file, document.RootElement);
            CheckCoverage(file, entries, fileLength - dataOffset);
            return new(dataOffset, entries.ToImmutableDictionary(entry => entry.Name));
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no valid UTF-16.
            throw new ModelFileException(
                file, null, $"the header is not valid JSON: {cause.Message}", cause);
        }
    }

    private static List<SafeTensorEntry> ReadEntries(string file, JsonElement header)
    {
        var names = new HashSet<string>();
        var entries = new List<SafeTensorEntry>();
        foreach (var property in header.EnumerateObject())
        {
            if (!names.Add(property.Name))
                throw new ModelFileException(file, property.Name, "its name stands there twice");
            if (property.Name != Metadata)
                entries.Add(ReadEntry(file, property.Name, property.Value));
        }
        return entries;
    }

    private static SafeTensorEntry ReadEntry(string file, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype)
            || !value.TryGetProperty("shape", out var dimensions)
            || !value.TryGetProperty("data_offsets", out var offsets)
            || dtype.ValueKind != JsonValueKind.String)
            throw new ModelFileException(
                file, name, "an object with dtype, shape and data_offsets is needed");
        var type = SafeTensorType.Named(dtype.GetString()!)
            ?? throw new ModelFileException(file, name, $"the dtype {dtype} is unknown");
        var shape = Numbers(dimensions);
        if (shape.IsDefault || shape.Length > MaxDimensions)
            throw new ModelFileException(file, name, "its shape is not valid");
        var range = Numbers(offsets);
        if (range.IsDefault || range is not [var begin, var end] || begin > end)
            throw new ModelFileException(file, name, "its data_offsets are not valid");
        return type.Bytes(shape) == end - begin
            ? new(name, type, shape, begin, end)
            : throw new ModelFileException(
                file, name,
                $"{end - begin} bytes of data do not make {type.Name}[{string.Join(", ", shape)}]");
    }

    // Whole numbers of at least 0; default for anything else.
    private static ImmutableArray<long> Numbers(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
            return default;
        var numbers = ImmutableArray.CreateBuilder<long>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number
                || !element.TryGetInt64(out var number)
                || number < 0)
                return default;
            numbers.Add(number);
        }
        return numbers.MoveToImmutable();
    }

    private static void CheckCoverage(string file, List<SafeTensorEntry> entries, long dataLength)
    {
        long covered = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.End > dataLength)
                throw new ModelFileException(
                    file, entry.Name,
                    $"its data ends at byte {entry.End}, but the file has {dataLength} bytes of"
                    + " data: truncated");
            if (entry.Begin < covered)
                throw new ModelFileException(
                    file, entry.Name, "its data overlaps another tensor's");
            if (entry.Begin > covered)
                throw new ModelFileException(
                    file, entry.Name,
                    $"{entry.Begin - covered} bytes before its data belong to no tensor");
            covered = entry.End;
        }
        if (covered < dataLength)
            throw new ModelFileException(
                file, null, $"the last {dataLength - covered} bytes belong to no tensor");
    }
}
