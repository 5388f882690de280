using System.Text;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Responses;

/// <summary>All parts of a choice, put together as they come.</summary>
internal sealed class ChoiceContent
{
    private readonly StringBuilder _reasoning = new();
    private readonly StringBuilder _text = new();
    private readonly List<ToolCall> _calls = [];

    /// <summary>All that the model thought.</summary>
    public string Reasoning => _reasoning.ToString();

    /// <summary>All texts.</summary>
    public string Text => _text.ToString();

    /// <summary>All calls, in order.</summary>
    public IReadOnlyList<ToolCall> Calls => _calls;

    /// <summary>How it ended; null until then.</summary>
    public PagedLlmResult? Result { get; private set; }

    /// <summary>The next part of it.</summary>
    public void Add(AnswerPart part)
    {
        switch (part)
        {
            case AnswerPart.Reasoning thought:
                _reasoning.Append(thought.Value);
                break;
            case AnswerPart.Text text:
                _text.Append(text.Value);
                break;
            case AnswerPart.Call call:
                _calls.Add(call.Value);
                break;
            case AnswerPart.End end:
                Result = end.Result;
                break;
        }
    }
}
