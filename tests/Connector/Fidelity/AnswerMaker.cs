using System.Globalization;

namespace SkPaged.Connector.Tests.Fidelity;

/// <summary>
/// Answers as models of a family may write them, at random: with text before calls or without,
/// and calls in JSON that no template would spell so.
/// </summary>
internal sealed class AnswerMaker(string family, Random random)
{
    private static readonly string[] Words =
        ["Let me look.", "Zürich: 20 °C", "a < b\n\n", "  apart", "🙂 日本", "\"so\"", "{x}"];

    private static readonly string[] Values =
    [
        "1", "1.0", "-2e3", "true", "null", "\"a b\"", "\"Z\\u00fcrich\"", "\"ü\\n<b>\"",
        "[1,2 ]", "{\"deep\":{\"er\" : 1}}",
    ];

    /// <summary>Answers to one question: some with calls, then one without.</summary>
    public IEnumerable<string> Loop() =>
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => WithCalls()), Thought() + Said()];

    private string WithCalls()
    {
        var thought = Thought();
        var text = random.Next(2) == 0 ? Said() : "";
        var count = family == "Llama" ? 1 : 1 + random.Next(3);
        return thought + text + Between(text) + Calls(count);
    }

    private string Thought() =>
        family.EndsWith("Thinking", StringComparison.Ordinal) && random.Next(3) > 0
            ? $"<think>\n{Said().Trim()}\n</think>\n\n"
            : "";

    private string Said() =>
        string.Join(' ', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => One(Words)));

    private string Between(string text) =>
        family switch
        {
            "Llama" => One([text.Length > 0 ? "\n" : "", "<|python_tag|>"]),
            "Mistral" or "MistralIds" or "MistralNamed" => "",
            _ => text.Length > 0 ? "\n" : "",
        };

    private string Calls(int count)
    {
        var calls = Enumerable.Range(0, count).Select(_ => Call());
        return family switch
        {
            "Llama" => calls.First(),
            "Mistral" or "MistralIds" => $"[TOOL_CALLS]{One(["", " "])}[{string.Join(
                One([",", ", "]), calls)}]",
            "MistralNamed" => string.Concat(calls),
            _ => string.Join(One(["", "\n", "\n\n"]), calls),
        };
    }

    private string Call()
    {
        var (name, arguments) = (One(["look", "find"]), Arguments());
        return family switch
        {
            "Llama" => Object(("name", $"\"{name}\""), ("parameters", arguments)),
            "Mistral" => Object(("name", $"\"{name}\""), ("arguments", arguments)),
            "MistralIds" => Object(
                ("name", $"\"{name}\""), ("arguments", arguments), ("id", $"\"{Id()}\"")),
            "MistralNamed" =>
                $"[TOOL_CALLS]{name}{One(["", $"[CALL_ID]{Id()}"])}[ARGS]{arguments}",
            _ => "<tool_call>" + One(["\n", ""])
                + Object(("name", $"\"{name}\""), ("arguments", arguments))
                + One(["\n", ""]) + "</tool_call>",
        };
    }

    private string Id() =>
        random.Next(1_000_000_000).ToString("D9", CultureInfo.InvariantCulture);

    private string Arguments() =>
        Object([.. "abc".Take(random.Next(4)).Select(name => ($"{name}", One(Values)))]);

    private string Object(params (string Name, string Value)[] pairs)
    {
        var (colon, comma) = (One([": ", ":", " : "]), One([", ", ",", ",\n "]));
        return "{" + string.Join(comma, pairs.Select(pair => $"\"{pair.Name}\"{colon}{pair.Value}"))
            + "}";
    }

    private string One(string[] all) => all[random.Next(all.Length)];
}
