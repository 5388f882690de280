using System.Globalization;
using System.Text.Json.Nodes;
using SkPaged.Connector.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>What a template sees of its variables and of the time.</summary>
public class TemplateVariableTests
{
    [Theory]
    [InlineData("""{"x": 1}""", "1 True False")]
    [InlineData("""{"x": 1.0}""", "1.0 False True")]
    [InlineData("""{"x": -0.5e-7}""", "-5e-08 False True")]
    [InlineData("""{"x": 12345678901234567890123}""", "12345678901234567890123 True False")]
    [InlineData("""{"x": 1e400}""", "inf False True")]
    [InlineData("""{"x": true}""", "True False False")]
    [InlineData("""{"x": null}""", "None False False")]
    [InlineData("{}", " False False")]
    public void A_number_keeps_its_type(string variables, string text) =>
        Assert.Equal(text, Render("{{ x }} {{ x is integer }} {{ x is float }}", variables));

    [Fact]
    public void Values_made_in_NET_are_those_that_JSON_text_would_give()
    {
        var made = new JsonObject
        {
            ["whole"] = 1,
            ["long"] = long.MaxValue,
            ["real"] = 1.0,
            ["single"] = 0.5f,
            ["exact"] = 2.50m,
            ["flag"] = true,
            ["text"] = "é",
            ["date"] = JsonValue.Create(new DateOnly(2024, 7, 4)),
            ["list"] = new JsonArray(1, "a", null),
        };
        var template = ChatTemplate.Compile(
            "{{ whole }} {{ long }} {{ real }} {{ single }} {{ exact }} {{ flag }} {{ text }} "
            + "{{ date }} {{ list }}");
        Assert.Equal(
            "1 9223372036854775807 1.0 0.5 2.5 True é 2024-07-04 [1, 'a', None]",
            template.Render(made));
    }

    [Fact]
    public void The_variables_stay_as_they_were()
    {
        var variables = JsonNode.Parse("""{"m": [{"role": "user"}], "n": {"a": [1, null]}}""")!;
        var before = variables.ToJsonString();
        ChatTemplate.Compile("{% set m = 1 %}{% set n = [m] %}{{ n }}{{ m }}")
            .Render(variables.AsObject());
        Assert.Equal(before, variables.ToJsonString());
    }

    [Fact]
    public void A_render_leaves_nothing_for_the_next()
    {
        var template = ChatTemplate.Compile("{{ x is defined }}{% set x = 1 %}{{ x }}");
        Assert.Equal("False1", template.Render([]));
        Assert.Equal("False1", template.Render([]));
    }

    [Fact]
    public void The_time_is_that_of_the_clock_in_its_own_time_zone()
    {
        var time = new DateTimeOffset(2026, 1, 2, 23, 30, 0, TimeSpan.FromHours(9));
        var template = ChatTemplate.Compile("{{ strftime_now('%d %b %Y %H:%M') }}");
        Assert.Equal("02 Jan 2026 23:30", template.Render([], new FixedClock(time)));
    }

    [Fact]
    public void Without_a_clock_the_time_is_that_of_the_system()
    {
        var before = DateTime.Now;
        var text = Render("{{ strftime_now('%Y-%m-%d %H:%M:%S.%f') }}", "{}");
        var shown = DateTime.Parse(text, CultureInfo.InvariantCulture);
        Assert.InRange(shown, before.AddSeconds(-1), DateTime.Now.AddSeconds(1));
    }

    [Fact]
    public void A_code_of_the_time_that_is_not_known_is_an_error()
    {
        var error = Assert.Throws<ChatTemplateException>(
            () => Render("{{ strftime_now('%Q') }}", "{}"));
        Assert.StartsWith(
            "unsupported code in the time format '%Q'", error.Message, StringComparison.Ordinal);
    }

    private static string Render(string template, string variables) =>
        ChatTemplate.Compile(template).Render(JsonNode.Parse(variables)!.AsObject());
}
