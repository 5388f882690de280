using System.Text.Json.Nodes;
using SkPaged.Connector.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>
/// Templates that would take forever, or all memory, or the stack: they fail, with a typed error.
/// </summary>
public class TemplateLimitTests
{
    private const string Steps = "more than 20,000,000 steps in one render";
    private const string Length = "a text of more than 8,388,608 characters";
    private const string Calls = "expressions and macro calls nested deeper than 1000";
    private const string Values = "a value is nested deeper than 128 levels";
    private const string Syntax = "nested deeper than 100 levels";
    private const string Bits = "an integer of more than 14284 bits";

    [Theory]
    [InlineData("{% for j in range(100000) %}{% endfor %}")]
    [InlineData("{% set x = range(100000) %}")]
    [InlineData("{% set x = text[::-1] %}")]
    [InlineData("{% set x = text in text %}")]
    [InlineData("{% set x = text == text ~ '' %}")]
    [InlineData("{% set x = {text: 1}[text] %}")]
    [InlineData("{% set x = [text] ~ '' %}")]
    [InlineData("{% set x = [text]|tojson %}")]
    [InlineData("{% set x = text.split('b') %}")]
    public void Work_in_a_loop_is_paid_for(string body) => Fails(
        "{% set text = 'aB' * 100000 %}{% for i in range(100000) %}" + body + "{% endfor %}",
        Steps);

    [Theory]
    [InlineData("[1]", "ns.x + ns.x", "", Steps)]
    [InlineData("[1]", "[ns.x, ns.x]", "{{ ns.x }}", Steps)]
    [InlineData("[1]", "[ns.x, ns.x]", "{{ ns.x|tojson }}", Steps)]
    [InlineData("[1]", "[ns.x, ns.x]", "{{ ns.x == ns.x[0] + [1] }}", Steps)]
    [InlineData("(1,)", "(ns.x, ns.x)", "{{ {ns.x: 1} }}", Steps)]
    [InlineData("'abcd'", "ns.x ~ ns.x", "", Length)]
    [InlineData("'abcd'", "ns.x + ns.x", "", Length)]
    [InlineData("10", "ns.x * ns.x", "", Bits)]
    [InlineData("[]", "[[[ns.x]]]", "", Values)]
    [InlineData("{}", "{'k': {'k': [ns.x]}}", "", Values)]
    public void What_doubles_or_deepens_is_stopped(
        string start, string next, string after, string error) => Fails(
        "{% set ns = namespace(x=" + start + ") %}{% for i in range(60) %}"
            + "{% set ns.x = " + next + " %}{% endfor %}" + after,
        error);

    [Theory]
    [InlineData("([text] * 100000)|sort")]
    [InlineData("([text] * 100000)|unique|list")]
    [InlineData("([text] * 100000)|map(attribute=-1)|list")]
    [InlineData("([text] * 100000)|map('upper')|list")]
    [InlineData("([range(1000)|list] * 100000)|sum(start=[])")]
    public void Work_in_a_filter_is_paid_for(string expression) => Fails(
        "{% set text = 'AB😀' * 100000 %}{{ (" + expression + ")|length }}", Steps);

    [Theory]
    [InlineData("{{ 'x' * 1000000000000 }}", Length)]
    [InlineData("{{ 'x'.center(2000000000) }}", Length)]
    [InlineData("{{ 'x'.zfill(99999999999999) }}", Length)]
    [InlineData("{{ '%2000000000d' % 1 }}", Length)]
    [InlineData("{{ 'a\nb'|indent(2000000000) }}", Length)]
    [InlineData("{% set x = 'a' * 1000000 %}{{ x.replace('a', x) }}", Length)]
    [InlineData("{% set x = 'a' * 1000000 %}{{ ([x] * 1000)|join }}", Length)]
    [InlineData("{% for i in range(100000) %}{{ 'x' * 100 }}{% endfor %}", Length)]
    [InlineData("{{ [1] * 1000000000 }}", "more than 100,000 elements repeated")]
    [InlineData("{{ range(10 ** 30) }}", "a range of more than 100,000 elements")]
    [InlineData("{{ 10 ** 100000000 }}", Bits)]
    [InlineData("{{ '%.2000000000f' % 1 }}", "precision too large")]
    public void Huge_texts_and_numbers_are_refused(string template, string error) =>
        Fails(template, error);

    [Theory]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", Calls)]
    [InlineData("{% macro m() %}{% if 1 %}{{ [m()] }}{% endif %}{% endmacro %}{{ m() }}", Calls)]
    [InlineData("{% set ns = namespace() %}{% set ns.self = ns %}{{ ns }}", Values)]
    public void Endless_recursion_is_stopped(string template, string error) =>
        Fails(template, error);

    [Fact]
    public void Recursion_that_branches_is_paid_for() => Fails(
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(90) }}",
        Steps);

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "", "]")]
    [InlineData("-", "1", "")]
    [InlineData("not ", "1", "")]
    [InlineData("1 if 0 else ", "1", "")]
    [InlineData("1 }}{% if 1 %}{{ ", "1", "")]
    public void A_source_nested_too_deep_does_not_compile(string open, string inner, string close)
    {
        var source = $"{{{{ {Repeat(open)}{inner}{Repeat(close)} }}}}";
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Compile(source));
        Assert.StartsWith(Syntax, error.Message, StringComparison.Ordinal);

        static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, 3_000));
    }

    [Theory]
    [InlineData("1", "+1")]
    [InlineData("1", " and 1")]
    [InlineData("1", "|string")]
    [InlineData("{'a': 1}", ".copy()")]
    public void A_long_chain_of_operators_fails_without_a_stack_overflow(
        string first, string link) => Fails(
        "{{ " + first + string.Concat(Enumerable.Repeat(link, 20_000)) + " }}", Calls);

    [Fact]
    public void Long_sources_that_are_not_deep_are_fine()
    {
        var elifs = string.Concat(Enumerable.Repeat("{% elif 0 %}", 3_000));
        var text = string.Join("~", Enumerable.Repeat("'ab'", 3_000));
        var template = ChatTemplate.Compile(
            $"{{% if 0 %}}{elifs}{{% else %}}{{{{ ({text})|length }}}}{{% endif %}}");
        Assert.Equal("6000", template.Render([]));
    }

    [Fact]
    public void Variables_nested_too_deep_are_refused()
    {
        JsonNode deep = new JsonArray();
        for (var i = 0; i < 200; i++)
            deep = new JsonArray(deep);
        var error = Assert.Throws<ChatTemplateException>(
            () => ChatTemplate.Compile("x").Render(new JsonObject { ["deep"] = deep }));
        Assert.Equal((Values, 0, 0), (error.Message, error.Line, error.Column));
    }

    [Fact]
    public void A_caller_with_little_stack_left_gets_an_error_too()
    {
        var template = ChatTemplate.Compile("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}");
        Exception? error = null;
        var small = new Thread(
            () => error = Record.Exception(() => template.Render([])), maxStackSize: 256 * 1024);
        small.Start();
        small.Join();
        var typed = Assert.IsType<ChatTemplateException>(error);
        Assert.StartsWith(Calls, typed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_is_met_at_the_same_place_each_time()
    {
        var template = ChatTemplate.Compile(
            "{% for a in range(9999) %}\n{% for b in range(9999) %}\n{{ b }}{% endfor %}"
            + "{% endfor %}");
        var first = Assert.Throws<ChatTemplateException>(() => template.Render([]));
        var second = Assert.Throws<ChatTemplateException>(() => template.Render([]));
        Assert.Equal(first.Message, second.Message);
    }

    private static void Fails(string template, string message)
    {
        var compiled = ChatTemplate.Compile(template);
        var error = Assert.Throws<ChatTemplateException>(() => compiled.Render([]));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
