using System.Buffers.Binary;
using System.Text;

namespace SkPaged.Engine.Cuda.Tests.Weights;

/// <summary>Safetensors files written by hand, valid or not.</summary>
internal static class SafeTensorsText
{
    public static byte[] File(string header, params byte[] data) =>
        File((ulong)Encoding.UTF8.GetByteCount(header), header, data);

    public static byte[] File(ulong length, string header, params byte[] data)
    {
        var start = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(start, length);
        return [.. start, .. Encoding.UTF8.GetBytes(header), .. data];
    }

    public static string Entry(string name, string dtype, string shape, long begin, long end) =>
        $$"""
        "{{name}}":{"dtype":"{{dtype}}","shape":{{shape}},"data_offsets":[{{begin}},{{end}}]}
        """;

    public static byte[] Floats(params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
