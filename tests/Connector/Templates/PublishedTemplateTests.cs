using System.Text.Json.Nodes;
using SkPaged.Connector.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>Published templates against what Hugging Face transformers renders of them.</summary>
public class PublishedTemplateTests
{
    [SkippableTheory]
    [InlineData("qwen3")]
    [InlineData("llama3_1")]
    public void A_published_template_renders_as_in_transformers(string model)
    {
        var config = TemplateFiles.Reference("tokenizers", model, "tokenizer_config.json");
        var template = ChatTemplate.Compile((string?)config["chat_template"] ?? "");
        var rows = TemplateFiles.Reference("chat-templates", "expected.json").AsArray()
            .OfType<JsonObject>()
            .Where(row => (string?)row["tokenizer"] == model)
            .ToList();
        Assert.Equal(11, rows.Count);
        Assert.All(rows, row =>
        {
            var variables = Variables(config, row["input"]!.AsObject());
            Assert.Equal((string?)row["rendered"], template.Render(variables));
        });
    }

    // As transformers calls a template: special tokens that there are, tools and documents or none.
    private static JsonObject Variables(JsonNode config, JsonObject input)
    {
        var variables = new JsonObject { ["tools"] = null, ["documents"] = null };
        foreach (var token in new[] { "bos_token", "eos_token", "pad_token", "unk_token" })
        {
            if (config[token] is { } text)
                variables[token] = text.DeepClone();
        }

        foreach (var (name, value) in input)
            variables[name] = value?.DeepClone();
        return variables;
    }
}
