using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

public sealed class LlamaSplitterTests
{
    private const string Tag = "<|python_tag|>";
    private const string Call = "{\"name\": \"add\", \"parameters\": {\"a\": 1}}";
    private const string Other =
        "{\"type\": \"function\", \"name\": \"say\", \"parameters\": {\"t\": \"}\"}}";

    private static readonly LlamaFormat Format = new(OneCall: false);

    public static TheoryData<string, string, string[]> Answers => new()
    {
        { "just text, { and } too", "just text, { and } too", [] },
        { Call, "", ["add {\"a\":1}"] },
        { $"\n\n{Call}", "", ["add {\"a\":1}"] },
        { $"{Tag}{Call}", "", ["add {\"a\":1}"] },
        { $"Let me see.\n{Call}", "Let me see.\n", ["add {\"a\":1}"] },
        { $"Let me see.{Tag}{Call}", "Let me see.", ["add {\"a\":1}"] },
        { $"{Call}; {Other}", "", ["add {\"a\":1}", "say {\"t\":\"}\"}"] },
        { $"{Call}\n{Other}\n", "", ["add {\"a\":1}", "say {\"t\":\"}\"}"] },
        { $"{Tag}{Call};{Tag}{Other}", "", ["add {\"a\":1}", "say {\"t\":\"}\"}"] },
        { $"{Call} Done.", " Done.", ["add {\"a\":1}"] },
        { "{\"name\": \"add\", \"parameters\": \"{\\\"a\\\": 2}\"}", "", ["add {\"a\":2}"] },
        { "{\"name\": \"add\", \"arguments\": {}}", "", ["add {}"] },
        { $"in a line {Call}", $"in a line {Call}", [] },
        { $"{Tag}print(1)\n", $"{Tag}print(1)\n", [] },
        { "{\"name\": \"Ann\", \"age\": 7}", "{\"name\": \"Ann\", \"age\": 7}", [] },
        { "{\"name\": \"Ann\"}", "{\"name\": \"Ann\"}", [] },
        { "{\"city\": {\"name\": \"Oslo\"}}", "{\"city\": {\"name\": \"Oslo\"}}", [] },
        { "{\"name\": add, \"parameters\": {}}", "{\"name\": add, \"parameters\": {}}", [] },
        { "{\"name\": \"add\", \"parameters\": {", "{\"name\": \"add\", \"parameters\": {", [] },
        { "ends in <|python_", "ends in <|python_", [] },
        { "\n", "\n", [] },
        { "", "", [] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_text_and_calls_however_it_is_cut(
        string answer, string text, string[] calls) =>
        Split.Is(Format, answer, text, calls);

    [Fact]
    public void Json_that_is_no_call_is_held_back_to_its_first_key_only()
    {
        var split = new Split(Format);
        Assert.Equal("", split.Push("{"));
        Assert.Equal("", split.Push("\n  "));
        Assert.Equal("{\n  \"ti", split.Push("\"ti"));
        Assert.Equal("tle\": 1", split.Push("tle\": 1"));
        Assert.Equal("{x", new Split(Format).Push("{x"));
    }

    [Theory]
    [InlineData(null, "{\"name\":", " \"add\", \"parameters\": {\"a\": 1}}")]
    [InlineData("add", "{\"name\": \"add\", \"parameters\":", " {\"a\": 1}}")]
    public void A_call_that_was_opened_in_the_prompt_goes_on_in_the_answer(
        string? name, string opening, string answer)
    {
        Assert.Equal(opening, Format.Opening(name));
        Split.Is(Format, opening + answer, "", ["add {\"a\":1}"]);
    }
}
