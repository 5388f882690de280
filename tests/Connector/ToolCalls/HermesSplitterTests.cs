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
        string answer, string text, string[] calls) =>
        Split.Is(HermesFormat.Instance, answer, text, calls);

    [Fact]
    public void Text_that_cannot_become_a_call_is_not_held_back()
    {
        var split = new Split(HermesFormat.Instance);
        Assert.Equal("words", split.Push("words"));
        Assert.Equal(" a < b", split.Push(" a < b"));
        Assert.Equal("", split.Push("\n"));
        Assert.Equal("\nnext", split.Push("next"));
        Assert.Equal("line", split.Push("line\n<to"));
        Assert.Equal("\n<tomato>", split.Push("mato>"));
    }

    [Theory]
    [InlineData(
        null,
        "<tool_call>\n{\"name\":",
        " \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>")]
    [InlineData(
        "add", "<tool_call>\n{\"name\": \"add\", \"arguments\":", " {\"a\": 1}}\n</tool_call>")]
    public void A_call_that_was_opened_in_the_prompt_goes_on_in_the_answer(
        string? name, string opening, string answer)
    {
        Assert.Equal(opening, HermesFormat.Instance.Opening(name));
        Split.Is(HermesFormat.Instance, opening + answer, "", ["add {\"a\":1}"]);
    }
}
