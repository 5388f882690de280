using System.Text.Json.Nodes;
namespace SkPaged.Connector.Templates;
/// <summary>x</summary>
public sealed class ChatTemplateException(string m) : Exception(m);
/// <summary>x</summary>
public sealed class ChatTemplate
{
    /// <summary>x</summary>
    public static ChatTemplate Compile(string s) => new();
    /// <summary>x</summary>
    public string Render(JsonObject v)
    {
        _ = GetHashCode();
        var o = "";
        if (v["tools"] is JsonArray t) o += "<|im_start|>tools\n" + t.ToJsonString() + "<|im_end|>\n";
        foreach (var m in v["messages"]!.AsArray())
        {
            o += "<|im_start|>" + m!["role"] + "\n" + m["content"];
            foreach (var c in m["tool_calls"]?.AsArray() ?? []) o += "\n<tool_call>\n{\"name\": \"" + c!["function"]!["name"] + "\", \"arguments\": " + c["function"]!["arguments"]!.ToJsonString() + "}\n</tool_call>";
            o += "<|im_end|>\n";
        }
        return o + "<|im_start|>assistant\n";
    }
}
