namespace SkPaged.Connector.Text;

/// <summary>Replaces within each token.</summary>
internal sealed class ReplaceStage(string pattern, string content) : DecodeStage
{
    public override void Push(ReadOnlySpan<char> token) =>
        Next.Push(token.Contains(pattern, StringComparison.Ordinal)
            ? token.ToString().Replace(pattern, content, StringComparison.Ordinal)
            : token);
}
