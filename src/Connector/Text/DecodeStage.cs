using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// One step from tokens back to text. Stages form a chain; each takes the tokens one by one, keeps
/// back what later tokens could still change, and hands the rest on. Decoding all at once is the
/// same chain fed to its end, so both agree by construction.
/// </summary>
internal abstract class DecodeStage
{
    /// <summary>Where the text goes; set when the chain is built.</summary>
    public DecodeStage Next { get; set; } = null!;

    /// <summary>Takes one token or, behind a stage that fuses, one more part of the only one.</summary>
    public abstract void Push(ReadOnlySpan<char> token);

    /// <summary>No more tokens: hands on what was kept back.</summary>
    public virtual void Finish() => Next.Finish();
}

/// <summary>The end of the chain: text that no later token can change.</summary>
internal sealed class DecodedText : DecodeStage
{
    private readonly StringBuilder _text = new();

    public override void Push(ReadOnlySpan<char> token) => _text.Append(token);

    public override void Finish() { }

    public string Take()
    {
        if (_text.Length == 0) return "";
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}

/// <summary>Letters back to bytes, bytes to text; half a character waits for its other half.</summary>
internal sealed class ByteLevelStage : DecodeStage
{
    private const int StackBytes = 384;

    // Replaces each maximal ill-formed part by one U+FFFD, as Rust's from_utf8_lossy does.
    private readonly System.Text.Decoder _utf8 = new UTF8Encoding(false, false).GetDecoder();

    public override void Push(ReadOnlySpan<char> token)
    {
        var bytesMax = token.Length * 3;
        Span<byte> bytes = bytesMax <= StackBytes ? stackalloc byte[StackBytes] : new byte[bytesMax];
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
        var charsMax = bytes.Length + 4;
        Span<char> chars = charsMax <= StackBytes ? stackalloc char[StackBytes] : new char[charsMax];
        var length = _utf8.GetChars(bytes, chars, flush);
        if (length > 0) Next.Push(chars[..length]);
    }
}

/// <summary>
/// <c>&lt;0xE4&gt;</c> tokens to text. A run of them is text only if the whole run is well-formed
/// UTF-8, else it is one U+FFFD a byte; so the run is kept back until another token ends it.
/// </summary>
internal sealed class ByteFallbackStage : DecodeStage
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly List<byte> _run = [];

    public override void Push(ReadOnlySpan<char> token)
    {
        if (token is ['<', '0', 'x', _, _, '>'] && IsHex(token[3]) && IsHex(token[4]))
        {
            _run.Add(System.Convert.FromHexString(token[3..5])[0]);
            return;
        }
        EndRun();
        Next.Push(token);
    }

    public override void Finish()
    {
        EndRun();
        Next.Finish();
    }

    private static bool IsHex(char c) => char.IsAsciiHexDigit(c);

    private void EndRun()
    {
        if (_run.Count == 0) return;
        string text;
        try
        {
            text = Strict.GetString([.. _run]);
        }
        catch (DecoderFallbackException)
        {
            text = new string('\uFFFD', _run.Count);
        }
        _run.Clear();
        Next.Push(text);
    }
}

/// <summary>Replaces within each token.</summary>
internal sealed class ReplaceStage(string pattern, string content) : DecodeStage
{
    public override void Push(ReadOnlySpan<char> token) => Next.Push(token.Contains(pattern, StringComparison.Ordinal)
        ? token.ToString().Replace(pattern, content, StringComparison.Ordinal)
        : token);
}

/// <summary>Marks to spaces; those of the first token stood for no space and vanish.</summary>
internal sealed class MetaspaceStage(char mark, bool dropsFirst, bool fused) : DecodeStage
{
    private bool _first = true;

    public override void Push(ReadOnlySpan<char> token)
    {
        var drops = _first && dropsFirst;
        _first = fused;
        Next.Push(token.Contains(mark)
            ? token.ToString().Replace(mark.ToString(), drops ? "" : " ", StringComparison.Ordinal)
            : token);
    }
}

/// <summary>Strips up to so many of one character from the start of each token, or of the whole.</summary>
internal sealed class StripStage(char content, int start, bool fused) : DecodeStage
{
    private int _left;
    private bool _begun;

    public override void Push(ReadOnlySpan<char> token)
    {
        if (!fused || !_begun) _left = start;
        _begun = true;
        while (_left > 0 && token.Length > 0)
        {
            if (token[0] != content)
            {
                _left = 0;
                break;
            }
            token = token[1..];
            _left--;
        }
        if (token.Length > 0) Next.Push(token);
    }
}

/// <summary>Without a decoder, tokens are words: one space between each two.</summary>
internal sealed class SpaceBetweenStage : DecodeStage
{
    private bool _first = true;

    public override void Push(ReadOnlySpan<char> token)
    {
        if (!_first) Next.Push(" ");
        _first = false;
        Next.Push(token);
    }
}
