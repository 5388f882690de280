using System.Text.Json.Nodes;
using SkPaged.Connector.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>One compiled template serves many threads, and always says the same.</summary>
public class TemplateConcurrencyTests
{
    private const string Source = """
        {%- macro show(message, depth=0) -%}
            {{ '<' ~ message.role ~ '>' ~ message.content|trim }}
            {%- if depth < 3 %}{{ show(message, depth + 1) }}{% endif %}
        {%- endmacro -%}
        {%- set ns = namespace(count=0, seen=[]) -%}
        {%- for message in messages if message.role != 'skip' %}
            {%- set ns.count = ns.count + 1 %}
            {%- set ns.seen = ns.seen + [message.role] %}
            {{- show(message) }}{{ loop.index }}/{{ loop.length }}
            {%- if message.tool_calls %}{{ message.tool_calls|tojson(indent=2) }}{% endif %}
        {%- endfor %}
        {{- ns.count }}{{ ns.seen|unique|sort|join(',') }}
        """;

    [Fact]
    public void Rendering_twice_gives_the_same_text()
    {
        var template = ChatTemplate.Compile(Source);
        var again = ChatTemplate.Compile(Source);
        for (var seed = 0; seed < 100; seed++)
        {
            var text = template.Render(Chat(seed));
            Assert.Equal(text, template.Render(Chat(seed)));
            Assert.Equal(text, again.Render(Chat(seed)));
        }
    }

    [Fact]
    public void Concurrent_renders_give_what_renders_one_by_one_give()
    {
        var template = ChatTemplate.Compile(Source);
        var texts = Enumerable.Range(0, 400).Select(seed => template.Render(Chat(seed))).ToList();
        var shared = ChatTemplate.Compile(Source);
        Parallel.For(0, texts.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, seed =>
            Assert.Equal(texts[seed], shared.Render(Chat(seed))));
        Assert.True(texts.Distinct().Count() > 300);
    }

    [Fact]
    public void A_render_that_fails_does_not_disturb_the_others()
    {
        var template = ChatTemplate.Compile(
            "{% if bad %}{{ raise_exception('bad') }}{% endif %}{{ n }}");
        Parallel.For(0, 400, n =>
        {
            var variables = new JsonObject { ["n"] = n, ["bad"] = n % 2 == 0 };
            if (n % 2 == 0)
                Assert.Throws<ChatTemplateException>(() => template.Render(variables));
            else
                Assert.Equal($"{n}", template.Render(variables));
        });
    }

    private static JsonObject Chat(int seed)
    {
        var random = new Random(seed);
        string[] roles = ["system", "user", "assistant", "tool", "skip"];
        var messages = new JsonArray();
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            var message = new JsonObject
            {
                ["role"] = roles[random.Next(roles.Length)],
                ["content"] = new string((char)('a' + random.Next(26)), random.Next(20)) + " ",
            };
            if (random.Next(3) == 0)
                message["tool_calls"] = new JsonArray($"f{random.Next(9)}");
            messages.Add(message);
        }

        return new JsonObject { ["messages"] = messages };
    }
}
