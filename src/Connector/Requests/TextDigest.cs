using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SkPaged.Connector.Requests;

/// <summary>A digest of texts, 128 bits of SHA-256, that can be asked on the way.</summary>
internal sealed class TextDigest : IDisposable
{
    private const int Bytes = 16;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The digest of all so far.</summary>
    public string Value => Convert.ToHexString(_hash.GetCurrentHash().AsSpan(0, Bytes));

    /// <summary>Goes on with a text: in two pieces it is the same.</summary>
    public void Append(ReadOnlySpan<char> text) => _hash.AppendData(MemoryMarshal.AsBytes(text));

    /// <summary>The digest of several texts, and of where each ends.</summary>
    public static string Of(IEnumerable<string> texts)
    {
        using var digest = new TextDigest();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in texts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            digest._hash.AppendData(length);
            digest.Append(text);
        }

        return digest.Value;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
