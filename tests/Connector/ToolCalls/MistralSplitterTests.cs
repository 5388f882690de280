using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

public sealed class MistralSplitterTests
{
    private const string Mark = "[TOOL_CALLS]";
    private const string Call =
        "{\"name\": \"add\", \"arguments\": {\"a\": 1}, \"id\": \"VvvODy9mT\"}";
    private const string Other = "{\"name\": \"say\", \"arguments\": {\"t\": \"]}\"}}";

    private static readonly MistralFormat Array = new(Named: false, " ");
    private static readonly MistralFormat Named = new(Named: true, "");
    private static readonly MistralFormat Known = new(Named: true, "", HasIds: true);

    public static TheoryData<string, string, string[]> Answers => new()
    {
        { "just text [1] and {}", "just text [1] and {}", [] },
        { $"{Mark} [{Call}]", "", ["add {\"a\":1}"] },
        { $"{Mark}[{Call}]", "", ["add {\"a\":1}"] },
        { $"Wait.{Mark} [{Call}, {Other}]", "Wait.", ["add {\"a\":1}", "say {\"t\":\"]}\"}"] },
        { $"{Mark} [ {Call} ,\n{Other} ]\n", "", ["add {\"a\":1}", "say {\"t\":\"]}\"}"] },
        { $"{Mark} [{Call}] Done.", " Done.", ["add {\"a\":1}"] },
        { $"{Mark} [{Call}", "", ["add {\"a\":1}"] },
        { $"{Mark} [{Call}, {{\"name\": 1}}]", ", {\"name\": 1}]", ["add {\"a\":1}"] },
        { $"{Mark} [{Call}, {{\"name\"", ", {\"name\"", ["add {\"a\":1}"] },
        { $"{Mark}add[ARGS]{{\"a\": 1}}", "", ["add {\"a\":1}"] },
        { $"Wait.\n{Mark}add[ARGS]{{\"a\": 1}}", "Wait.\n", ["add {\"a\":1}"] },
        { $"{Mark}add[CALL_ID]VvvODy9mT[ARGS]{{\"a\": 1}}", "", ["add {\"a\":1}"] },
        { $"{Mark}add{{\"a\": 1}}", "", ["add {\"a\":1}"] },
        {
            $"{Mark}a.b-c[ARGS]{{}}{Mark}say[ARGS] {{\"t\": \"]}}\"}}",
            "",
            ["a.b-c {}", "say {\"t\":\"]}\"}"]
        },
        { $"{Mark} [1]", $"{Mark} [1]", [] },
        { $"{Mark} []", $"{Mark} []", [] },
        { $"{Mark} no call", $"{Mark} no call", [] },
        { $"{Mark}add[ARGS]no json", $"{Mark}add[ARGS]no json", [] },
        { $"{Mark}add[ARGS]{{bad}}", $"{Mark}add[ARGS]{{bad}}", [] },
        { $"{Mark}add[ARGS]{{\"a\": ", $"{Mark}add[ARGS]{{\"a\": ", [] },
        { $"{Mark}add[AR", $"{Mark}add[AR", [] },
        { Mark, Mark, [] },
        { "ends in [TOOL_CA", "ends in [TOOL_CA", [] },
        { "", "", [] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_text_and_calls_however_it_is_cut(
        string answer, string text, string[] calls)
    {
        Split.Is(Array, answer, text, calls);
        Split.Is(Named, answer, text, calls);
    }

    [Fact]
    public void Each_call_of_an_array_is_told_when_it_ends()
    {
        var split = new Split(Array);
        split.Push($"{Mark} [{Call}");
        Assert.Single(split.Calls);
        split.Push($", {Other}");
        Assert.Equal(2, split.Calls.Count());
    }

    // Where an id stands between name and arguments, the model has yet to write it.
    [Fact]
    public void A_call_with_an_id_is_opened_up_to_the_id()
    {
        Assert.Equal("[TOOL_CALLS]add[CALL_ID]", Known.Opening("add"));
        Split.Is(Known, "[TOOL_CALLS]add[CALL_ID]VvvODy9mT[ARGS]{}", "", ["add {}"]);
        Assert.Equal(Known, MistralFormat.Of("[TOOL_CALLS]' + name + '[CALL_ID]' + id + '[ARGS]'"));
    }

    [Theory]
    [InlineData(false, null, "[TOOL_CALLS] [{\"name\":", " \"add\", \"arguments\": {\"a\": 1}}]")]
    [InlineData(
        false, "add", "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\":", " {\"a\": 1}}]")]
    [InlineData(true, null, "[TOOL_CALLS]", "add[ARGS]{\"a\": 1}")]
    [InlineData(true, "add", "[TOOL_CALLS]add[ARGS]", "{\"a\": 1}")]
    public void A_call_that_was_opened_in_the_prompt_goes_on_in_the_answer(
        bool named, string? name, string opening, string answer)
    {
        var format = named ? Named : Array;
        Assert.Equal(opening, format.Opening(name));
        Split.Is(format, opening + answer, "", ["add {\"a\":1}"]);
    }
}
