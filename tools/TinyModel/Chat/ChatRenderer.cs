using System.Text;
using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Chat;

/// <summary>A piece of a rendered chat. Pieces meet at special tokens, so each can be encoded alone.</summary>
/// <param name="Text">The text.</param>
/// <param name="Learned">Whether the model is to produce it: what an assistant's message says.</param>
public readonly record struct ChatPart(string Text, bool Learned);

/// <summary>
/// Renders a chat exactly as the model's chat template (<c>chat_template.jinja</c>) does, but in pieces
/// that tell what the model says from what it reads. A test holds the two together.
/// </summary>
public static class ChatRenderer
{
    /// <summary>What ends each message.</summary>
    public const string End = "<|im_end|>";

    private const string Start = "<|im_start|>";
    private const string ToolsHead = "# Tools\n\nYou may call these functions:\n<tools>";
    private const string ToolsFoot = "\n</tools>\n\nTo call a function, write:\n<tool_call>\n"
        + "{\"name\": <name>, \"arguments\": <arguments>}\n</tool_call>";

    /// <summary>The template's own text, as Hugging Face reads it.</summary>
    public static string Template => Lexicon.Resource("chat_template.jinja");

    /// <summary>The whole chat as one text.</summary>
    public static string Render(
        IReadOnlyList<ChatMessage> messages, IReadOnlyList<string> tools, bool addGenerationPrompt) =>
        string.Concat(Parts(messages, tools).Select(part => part.Text))
        + (addGenerationPrompt ? GenerationPrompt : "");

    /// <summary>What comes before an answer of the model.</summary>
    public static string GenerationPrompt => $"{Start}assistant\n";

    /// <summary>The chat in pieces; tools are function objects as JSON.</summary>
    public static IEnumerable<ChatPart> Parts(
        IReadOnlyList<ChatMessage> messages, IReadOnlyList<string> tools)
    {
        var first = 0;
        if (tools.Count > 0)
        {
            var head = messages.Count > 0 && messages[0].Role == "system"
                ? messages[first++].Content + "\n\n" : "";
            yield return Read($"{Start}system\n{head}{ToolsText(tools)}{End}\n");
        }
        for (var i = first; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.Role == "assistant")
            {
                yield return Read(GenerationPrompt);
                yield return new ChatPart(Said(message) + End, Learned: true);
                yield return Read("\n");
            }
            else if (message.Role == "tool")
                yield return Read(ToolResponse(messages, i));
            else
                yield return Read($"{Start}{message.Role}\n{message.Content}{End}\n");
        }
    }

    /// <summary>What an assistant's message says: its text, then its calls.</summary>
    public static string Said(ChatMessage message)
    {
        var text = new StringBuilder(message.Content);
        foreach (var call in message.Calls)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append($"<tool_call>\n{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments}}}\n</tool_call>");
        }
        return text.ToString();
    }

    private static string ToolsText(IReadOnlyList<string> tools) =>
        ToolsHead + string.Concat(tools.Select(tool => "\n" + tool)) + ToolsFoot;

    // Results that follow one another stand in one turn of the user.
    private static string ToolResponse(IReadOnlyList<ChatMessage> messages, int i)
    {
        var opens = i == 0 || messages[i - 1].Role != "tool";
        var closes = i + 1 == messages.Count || messages[i + 1].Role != "tool";
        return (opens ? $"{Start}user" : "")
            + $"\n<tool_response>\n{messages[i].Content}\n</tool_response>"
            + (closes ? $"{End}\n" : "");
    }

    private static ChatPart Read(string text) => new(text, Learned: false);
}
