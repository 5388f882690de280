namespace SkPaged.Connector.Text;

/// <summary>
/// Strips up to so many of one character from the start of each token, or of the whole.
/// </summary>
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
