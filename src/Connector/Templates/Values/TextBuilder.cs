using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>
/// A string under construction that refuses to grow past <see
/// cref="TemplateLimits.MaxTextLength"/>, whatever a template multiplies, joins or nests.
/// </summary>
internal sealed class TextBuilder
{
    private readonly StringBuilder _text = new();

    public TextBuilder Append(ReadOnlySpan<char> more)
    {
        Reserve(more.Length);
        _text.Append(more);
        return this;
    }

    public TextBuilder Append(char more)
    {
        Reserve(1);
        _text.Append(more);
        return this;
    }

    public TextBuilder AppendRepeated(string more, long times)
    {
        Reserve(more.Length * Math.Min(Math.Max(0, times), int.MaxValue));
        for (; times > 0 && more.Length > 0; times--)
            _text.Append(more);
        return this;
    }

    public override string ToString() => _text.ToString();

    private void Reserve(long more)
    {
        if (_text.Length + more > TemplateLimits.MaxTextLength)
        {
            throw new TemplateFault(
                $"a text of more than {TemplateLimits.MaxTextLength:N0} characters");
        }
    }
}
