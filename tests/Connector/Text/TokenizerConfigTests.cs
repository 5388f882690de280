using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>What stands beside the tokenizer.json.</summary>
public sealed class TokenizerConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tokens_may_be_spelled_as_text_or_as_objects()
    {
        var tokenizer = Load(("tokenizer_config.json", """
            {"bos_token": "<s>", "eos_token": {"content": "<|end|>"}}
            """));
        Assert.Equal("<s>", tokenizer.BosToken);
        Assert.Equal("<|end|>", tokenizer.EosToken);
        Assert.Null(tokenizer.PadToken);
        Assert.Null(tokenizer.ChatTemplate);
    }

    [Fact]
    public void Special_tokens_map_fills_what_the_configuration_leaves_out()
    {
        var tokenizer = Load(
            ("tokenizer_config.json", """{"bos_token": "<s>", "eos_token": null}"""),
            ("special_tokens_map.json", """{"bos_token": "x", "eos_token": "<|end|>"}"""));
        Assert.Equal("<s>", tokenizer.BosToken);
        Assert.Equal("<|end|>", tokenizer.EosToken);
    }

    [Theory]
    [InlineData("""{"add_bos_token": true}""", "<s>", "")]
    [InlineData("""{"add_bos_token": true, "add_eos_token": true}""", "<s>", "<|end|>")]
    [InlineData("""{"add_bos_token": false}""", "", "")]
    [InlineData("{}", "", "<s>")] // as the post-processor of the tokenizer.json says
    public void What_the_configuration_says_of_bos_and_eos_overrules_the_post_processor(
        string config, string before, string after)
    {
        var json = TinyTokenizer.Bytes();
        json["post_processor"] = JsonNode.Parse("""
            {"type": "TemplateProcessing",
             "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "<s>"}}],
             "special_tokens": {"<s>": {"ids": [257]}}}
            """);
        var settings = JsonNode.Parse(config)!;
        settings["bos_token"] = "<s>";
        settings["eos_token"] = "<|end|>";
        var tokenizer = Files.Parse(json, settings);
        var tokens = tokenizer.Encode("a", addSpecialTokens: true);
        Assert.Equal($"{before}a{after}", tokenizer.Decode(tokens.AsSpan(), false));
        Assert.Equal("a", tokenizer.Decode(tokenizer.Encode("a", false).AsSpan(), false));
    }

    [Fact]
    public void Added_tokens_of_the_configuration_are_added_and_never_change_those_there_are()
    {
        var tokenizer = Load(("tokenizer_config.json", """
            {"added_tokens_decoder": {
                "256": {"content": "<|end|>", "special": false},
                "257": {"content": "<other>", "special": false},
                "300": {"content": "<new>", "special": false}}}
            """));
        Assert.True(tokenizer.IsSpecial(tokenizer.FindToken("<|end|>")!.Value));
        Assert.Null(tokenizer.FindToken("<other>")); // its id belongs to <s>
        Assert.Equal([97, 300, 98], Files.Ids(tokenizer.Encode("a<new>b", false)));
        Assert.Equal(301, tokenizer.VocabularySize);
        Assert.Equal("", tokenizer.TokenText(Files.Tokens([299])[0]));
    }

    [Fact]
    public void A_token_with_a_role_is_special_even_if_only_the_vocabulary_has_it()
    {
        var tokenizer = Load(("tokenizer_config.json", """{"eos_token": "!"}"""));
        Assert.True(tokenizer.IsSpecial(tokenizer.FindToken("!")!.Value));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.Encode("a!b", false).AsSpan(), true));
    }

    [Fact]
    public void Templates_may_have_names()
    {
        var tokenizer = Load(("tokenizer_config.json", """
            {"chat_template": [
                {"name": "default", "template": "D"}, {"name": "tool_use", "template": "T"}]}
            """));
        Assert.Equal("D", tokenizer.ChatTemplate);
        Assert.Equal("T", tokenizer.ToolUseChatTemplate);
    }

    [Fact]
    public void A_template_of_its_own_file_comes_first_and_that_of_the_old_file_last()
    {
        (string, string) config = ("tokenizer_config.json", """{"chat_template": "config"}""");
        (string, string) old = ("chat_template.json", """{"chat_template": "old"}""");
        Assert.Equal("old", Load(old).ChatTemplate);
        Assert.Equal("config", Load(old, config).ChatTemplate);
        Assert.Equal("jinja\n", Load(old, config, ("chat_template.jinja", "jinja\n")).ChatTemplate);
    }

    [Fact]
    public void A_broken_configuration_is_named()
    {
        var error = Assert.Throws<TokenizerFormatException>(
            () => Load(("tokenizer_config.json", """{"bos_token": 7}""")));
        Assert.EndsWith("tokenizer_config.json: bos_token: must be a string", error.Message,
            StringComparison.Ordinal);
    }

    private TextTokenizer Load(params (string Name, string Text)[] files)
    {
        File.WriteAllText(
            Path.Combine(_folder, "tokenizer.json"), TinyTokenizer.Bytes().ToJsonString());
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(_folder, name), text);
        return TextTokenizer.Load(_folder);
    }
}
