using System.Text;

namespace SkPaged.Connector.Text;

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
