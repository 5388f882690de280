using System.Text.Json.Nodes;
using SkPaged.Connector.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>
/// The interpreter against real Jinja2, set up as Hugging Face transformers does: see
/// Data/README.md.
/// </summary>
public class JinjaGoldenTests
{
    private static readonly JsonArray Goldens = TemplateFiles.Goldens();

    public static TheoryData<string, int> WithText => Cases(golden => golden["text"] is not null);

    public static TheoryData<string, int> WithMessage => Cases(golden =>
        Kind(golden) is "raised" or "undefined" or "security");

    public static TheoryData<string, int> WithLine => Cases(golden => Kind(golden) == "syntax");

    public static TheoryData<string, int> WithOtherErrors => Cases(golden =>
        Kind(golden) is "python" or "runtime");

    [Fact]
    public void The_goldens_hold_what_their_readme_says()
    {
        Assert.Equal(
            Goldens.Count,
            WithText.Count + WithMessage.Count + WithLine.Count + WithOtherErrors.Count);
        Assert.True(WithText.Count > 300);
    }

    [Theory]
    [MemberData(nameof(WithText))]
    public void The_text_is_that_of_Jinja(string group, int number)
    {
        var golden = Golden(group, number);
        Assert.Equal((string?)golden["text"], Render(golden));
    }

    [Theory]
    [MemberData(nameof(WithMessage))]
    public void The_error_says_what_that_of_Jinja_says(string group, int number)
    {
        var golden = Golden(group, number);
        var message = (string?)golden["error"]?["message"] ?? "";
        var error = Assert.Throws<ChatTemplateException>(() => Render(golden));
        if (Kind(golden) == "raised")
            Assert.Equal(message, error.Message);
        else
            Assert.Equal($"{message} (line {error.Line}, column {error.Column})", error.Message);
        Assert.InRange(error.Line, 1, int.MaxValue);
        Assert.InRange(error.Column, 1, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(WithLine))]
    public void A_syntax_error_is_on_the_line_where_Jinja_finds_it(string group, int number)
    {
        var golden = Golden(group, number);
        var error = Assert.Throws<ChatTemplateException>(
            () => ChatTemplate.Compile(Template(golden)));
        Assert.Equal((int?)golden["error"]?["line"], error.Line);
        Assert.InRange(error.Column, 1, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(WithOtherErrors))]
    public void What_fails_in_Jinja_fails(string group, int number)
    {
        var golden = Golden(group, number);
        var template = ChatTemplate.Compile(Template(golden));
        var error = Assert.Throws<ChatTemplateException>(() => Render(golden, template));
        Assert.InRange(error.Line, 1, int.MaxValue);
    }

    private static TheoryData<string, int> Cases(Func<JsonNode, bool> belongs)
    {
        var cases = new TheoryData<string, int>();
        for (var number = 0; number < Goldens.Count; number++)
        {
            if (Goldens[number] is { } golden && belongs(golden))
                cases.Add((string?)golden["group"] ?? "", number);
        }

        return cases;
    }

    private static JsonNode Golden(string group, int number)
    {
        var golden = Goldens[number] ?? throw new InvalidOperationException("no golden");
        Assert.Equal(group, (string?)golden["group"]);
        return golden;
    }

    private static string? Kind(JsonNode golden) => (string?)golden["error"]?["kind"];

    private static string Template(JsonNode golden) => (string?)golden["template"] ?? "";

    private static string Render(JsonNode golden, ChatTemplate? template = null) =>
        (template ?? ChatTemplate.Compile(Template(golden)))
            .Render(golden["variables"]?.AsObject() ?? [], FixedClock.OfGoldens);
}
