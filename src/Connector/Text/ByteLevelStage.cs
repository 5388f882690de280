using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// Letters back to bytes, bytes to text; half a character waits for its other half.
/// </summary>
internal sealed class ByteLevelStage : DecodeStage
{
    private const int StackUnits = 384;

    // Replaces each maximal ill-formed part by one U+FFFD, as Rust's from_utf8_lossy does.
    private readonly Decoder _utf8 = new UTF8Encoding(false, false).GetDecoder();

    public override void Push(ReadOnlySpan<char> token)
    {
        var most = token.Length * 3;
        Span<byte> bytes = most <= StackUnits ? stackalloc byte[StackUnits] : new byte[most];
        Convert(bytes[..ByteLevelAlphabet.Read(token, bytes)], flush: false);
    }

    public override void Finish()
    {
        Convert([], flush: true);
        Next.Finish();
    }

    private void Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Each byte makes one unit at most, and up to three that were kept back one U+FFFD each.
        var most = bytes.Length + 4;
        Span<char> chars = most <= StackUnits ? stackalloc char[StackUnits] : new char[most];
        var length = _utf8.GetChars(bytes, chars, flush);
        if (length > 0) Next.Push(chars[..length]);
    }
}
