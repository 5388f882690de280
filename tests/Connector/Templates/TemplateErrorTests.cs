using SkPaged.Connector.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>What a template that is wrong tells its user.</summary>
public class TemplateErrorTests
{
    [Theory]
    [InlineData("{% if true %}", 1, 12)]
    [InlineData("a\n  {{ 1 + }}", 2, 10)]
    [InlineData("{{ 'open }}", 1, 4)]
    [InlineData("{{ a }\n}}", 1, 6)]
    [InlineData("one\n\n {% wrong %}", 3, 5)]
    [InlineData("{# never closed", 1, 1)]
    [InlineData("x{% raw %}", 1, 2)]
    [InlineData("{{ 1 ? 2 }}", 1, 6)]
    [InlineData("{{ (1] }}", 1, 6)]
    [InlineData("{{ x | nosuch }}", 1, 8)]
    [InlineData("{{ x is nosuch }}", 1, 9)]
    [InlineData("{% include 'x' %}", 1, 4)]
    [InlineData("{% for a in b recursive %}{% endfor %}", 1, 4)]
    [InlineData("{% break %}", 1, 4)]
    [InlineData("{% endfor %}", 1, 4)]
    [InlineData("{{ '\\N{DIGIT ONE}' }}", 1, 4)]
    public void A_syntax_error_names_its_line_and_column(string template, int line, int column)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Compile(template));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.EndsWith($"(line {line}, column {column})", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ missing.x }}", 1, 12)]
    [InlineData("a\n{% if 1 %}\n  {{ 1 + 'a' }}{% endif %}", 3, 8)]
    [InlineData("{% for x in 5 %}{% endfor %}", 1, 4)]
    [InlineData("{% macro m() %}\n{{ none.x.y }}{% endmacro %}\n{{ m() }}", 2, 11)]
    [InlineData("{{ [1]\n| map('upper')\n| join(1 / 0) }}", 3, 10)]
    [InlineData("{{ raise_exception('no') }}", 1, 19)]
    public void An_error_in_a_render_names_the_innermost_place(
        string template, int line, int column)
    {
        var error = Assert.Throws<ChatTemplateException>(
            () => ChatTemplate.Compile(template).Render([]));
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("{{ 1 ? 2 }}", "unexpected character '?'")]
    [InlineData("{% include 'x' %}", "tag 'include' is not supported in chat templates")]
    [InlineData("{% wrong %}", "unknown tag 'wrong'")]
    [InlineData("{{ x | groupby('y') }}", "no filter named 'groupby'")]
    [InlineData("{{ x is nosuch }}", "no test named 'nosuch'")]
    [InlineData("{% if a %}", "expected 'elif' or 'else' or 'endif', got the end of the template")]
    [InlineData("{{ a b }}", "expected '}}', got 'b'")]
    public void A_syntax_error_says_what_is_wrong(string template, string what)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Compile(template));
        Assert.StartsWith(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_template_raises_is_the_message_and_nothing_else()
    {
        var template = ChatTemplate.Compile("{{ raise_exception('Roles must ' ~ 'alternate!') }}");
        var error = Assert.Throws<ChatTemplateException>(() => template.Render([]));
        Assert.Equal("Roles must alternate!", error.Message);
    }

    [Fact]
    public void The_source_stays_as_it_was_given() =>
        Assert.Equal("a\r\n{{ 1 }}\n", ChatTemplate.Compile("a\r\n{{ 1 }}\n").Source);

    [Fact]
    public void A_null_is_an_error_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => ChatTemplate.Compile(null!));
        Assert.Throws<ArgumentNullException>(() => ChatTemplate.Compile("").Render(null!));
    }
}
