using System.Text.Json;
using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

public sealed class HermesSplitterTests
{
    private const string Call =
        "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

    private const string Other =
        "<tool_call>{\"name\": \"say\", \"arguments\": {\"t\": \"<b>\\n\"}}</tool_call>";

    private const string Escaped =
        "<tool_call>{\"name\": \"add\", \"arguments\": \"{\\\"a\\\": 2}\"}</tool_call>";

    public static TheoryData<string, string, string[]> Answers => new()
    {
        { "just text < 3\n\n and <tool> ", "just text < 3\n\n and <tool> ", [] },
        { Call, "", ["add {\"a\":1}"] },
        { $"Let me see.\n{Call}", "Let me see.", ["add {\"a\":1}"] },
        { $"Let me see.\n\n{Call}", "Let me see.\n", ["add {\"a\":1}"] },
        {
            $"Both.\n{Call}\n{Other}\n",
            "Both.",
            ["add {\"a\":1}", "say {\"t\":\"\\u003Cb\\u003E\\n\"}"]
        },
        { $"{Call} after", " after", ["add {\"a\":1}"] },
        { "<tool_call>{\"name\": \"add\"}</tool_call>", "", ["add {}"] },
        { Escaped, "", ["add {\"a\":2}"] },
        { "<tool_call>{\"name\": \"add\", \"arguments\": {}}", "", ["add {}"] },
        { "<tool_call>not json</tool_call>!", "<tool_call>not json</tool_call>!", [] },
        { "<tool_call>{\"name\": 7}</tool_call>", "<tool_call>{\"name\": 7}</tool_call>", [] },
        { "<tool_call>{\"name\": \"cut off", "<tool_call>{\"name\": \"cut off", [] },
        { "ends in <tool_ca", "ends in <tool_ca", [] },
        { "ends in a line\n", "ends in a line\n", [] },
        { "", "", [] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_text_and_calls_however_it_is_cut(
        string answer, string text, string[] calls)
    {
        var random = new Random(11);
        foreach (var longest in (int[])[1, 2, 3, 7, 1000])
        {
            for (var round = 0; round < 20; round++)
            {
                var splitter = HermesFormat.Instance.CreateSplitter("");
                var shown = string.Concat(Cut(answer, longest, random).Select(splitter.Push))
                    + splitter.Complete();
                Assert.Equal(text, shown);
                Assert.Equal(calls, splitter.Calls.Select(Shown));
            }
        }
    }

    [Fact]
    public void Text_that_cannot_become_a_call_is_not_held_back()
    {
        var splitter = HermesFormat.Instance.CreateSplitter("");
        Assert.Equal("words", splitter.Push("words"));
        Assert.Equal(" a < b", splitter.Push(" a < b"));
        Assert.Equal("", splitter.Push("\n"));
        Assert.Equal("\nnext", splitter.Push("next"));
        Assert.Equal("line", splitter.Push("line\n<to"));
        Assert.Equal("\n<tomato>", splitter.Push("mato>"));
    }

    [Theory]
    [InlineData(
        null, "<tool_call>\n", "{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>")]
    [InlineData(
        "add", "<tool_call>\n{\"name\": \"add\", \"arguments\":", " {\"a\": 1}}\n</tool_call>")]
    public void A_call_that_was_opened_in_the_prompt_goes_on_in_the_answer(
        string? name, string opening, string answer)
    {
        var opened = HermesFormat.Instance.Opening(new(name));
        Assert.Equal(opening, opened);
        var splitter = HermesFormat.Instance.CreateSplitter(opened);
        Assert.Equal("", splitter.Push(answer) + splitter.Complete());
        Assert.Equal(["add {\"a\":1}"], splitter.Calls.Select(Shown));
    }

    private static string Shown(ToolCall call) =>
        call.Name + " "
        + JsonSerializer.Serialize(call.Arguments.ToDictionary(pair => pair.Key, p => p.Value));

    private static IEnumerable<string> Cut(string text, int longest, Random random)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(1 + random.Next(longest), text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
