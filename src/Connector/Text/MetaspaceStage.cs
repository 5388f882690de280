namespace SkPaged.Connector.Text;

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
