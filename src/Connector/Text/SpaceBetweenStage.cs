namespace SkPaged.Connector.Text;

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
