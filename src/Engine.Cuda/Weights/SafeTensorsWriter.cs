using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>Writes a safetensors file that Hugging Face's tools read.</summary>
public static class SafeTensorsWriter
{
    /// <summary>Writes tensors to a new file, which appears whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">By name, in the order of the file; of any device and type.</param>
    /// <param name="dtype">
    /// The type to convert to, <c>BFloat16</c> or <c>Float32</c> for weights; null keeps each
    /// tensor's own.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name stands there twice, or the format has no such type.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, ScalarType? dtype = null)
    {
        var header = Header(tensors, dtype);
        var part = path + ".part";
        try
        {
            using (var file = File.Create(part))
            {
                file.Write(header);
                foreach (var (_, tensor) in tensors)
                    WriteData(file, tensor, dtype ?? tensor.dtype);
            }
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    // Length and JSON together are a multiple of 8 bytes, so that the data is aligned.
    private static byte[] Header(
        IReadOnlyList<KeyValuePair<string, Tensor>> tensors, ScalarType? dtype)
    {
        var entries = new Dictionary<string, object>
        {
            ["__metadata__"] = new Dictionary<string, string> { ["format"] = "pt" },
        };
        long begin = 0;
        foreach (var (name, tensor) in tensors)
        {
            var type = SafeTensorType.Of(dtype ?? tensor.dtype)
                ?? throw new ArgumentException(
                    $"Tensor {name}: the format has no type for {dtype ?? tensor.dtype}.");
            var end = begin + type.Bytes(tensor.shape)!.Value;
            long[] offsets = [begin, end];
            if (!entries.TryAdd(
                name, new { dtype = type.Name, tensor.shape, data_offsets = offsets }))
                throw new ArgumentException($"Tensor {name}: its name stands there twice.");
            begin = end;
        }
        return WithLength(JsonSerializer.SerializeToUtf8Bytes(entries));
    }

    private static byte[] WithLength(byte[] json)
    {
        const int Alignment = 8;
        var length = (json.Length + Alignment - 1) / Alignment * Alignment;
        var header = new byte[SafeTensorsHeader.LengthSize + length];
        header.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        json.CopyTo(header, SafeTensorsHeader.LengthSize);
        return header;
    }

    private static void WriteData(Stream file, Tensor tensor, ScalarType dtype)
    {
        using var values = tensor.detach();
        using var flat = values.reshape(-1);
        var pieceLength = TensorCopy.PieceSize / 8;
        for (long at = 0; at < flat.shape[0]; at += pieceLength)
        {
            using var piece = flat.narrow(0, at, Math.Min(pieceLength, flat.shape[0] - at));
            using var data = piece.to(dtype, CPU, copy: true);
            file.Write(data.bytes);
        }
    }
}
