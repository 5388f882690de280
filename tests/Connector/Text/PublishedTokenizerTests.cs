using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>Three published tokenizers against Hugging Face's results, exact.</summary>
public sealed class PublishedTokenizerTests
{
    public static TheoryData<string> Models => ["qwen3", "llama3_1", "llama2"];

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Tokens_and_text_are_those_of_the_reference(string model)
    {
        var tokenizer = Files.Published(model);
        using var expected = Files.Expected(model);
        foreach (var row in expected.RootElement.EnumerateArray())
        {
            var text = row.GetProperty("text").GetString()!;
            var tokens = tokenizer.Encode(text, addSpecialTokens: false);
            Assert.Equal(Files.Ints(row.GetProperty("ids")), Files.Ids(tokens));
            Assert.Equal(
                Files.Ints(row.GetProperty("ids_special")),
                Files.Ids(tokenizer.Encode(text, addSpecialTokens: true)));
            Assert.Equal(
                row.GetProperty("decoded").GetString(), tokenizer.Decode(tokens.AsSpan(), false));
            Assert.Equal(
                row.GetProperty("decoded_skip").GetString(),
                tokenizer.Decode(tokens.AsSpan(), true));
        }
        Assert.Equal(100, expected.RootElement.GetArrayLength());
    }

    [SkippableTheory]
    [InlineData("qwen3", null, "<|im_end|>", "<|endoftext|>", 151669, "<|im_start|>")]
    [InlineData("llama3_1", "<|begin_of_text|>", "<|eot_id|>", null, 128256, "<|start_header_id|>")]
    [InlineData("llama2", "<s>", "</s>", null, 32000, null)]
    public void The_configuration_is_read(
        string model, string? bos, string? eos, string? pad, int size, string? inTemplate)
    {
        var tokenizer = Files.Published(model);
        Assert.Equal(bos, tokenizer.BosToken);
        Assert.Equal(eos, tokenizer.EosToken);
        Assert.Equal(pad, tokenizer.PadToken);
        Assert.Equal(size, tokenizer.VocabularySize);
        Assert.Equal(inTemplate is null, tokenizer.ChatTemplate is null);
        Assert.Contains(inTemplate ?? "", tokenizer.ChatTemplate ?? "", StringComparison.Ordinal);
        Assert.True(tokenizer.IsSpecial(tokenizer.FindToken(eos!)!.Value));
    }

    [SkippableFact]
    public void A_tag_that_is_an_added_token_and_not_special_is_kept_when_special_ones_are_skipped()
    {
        var tokenizer = Files.Published("qwen3");
        var tokens = tokenizer.Encode("<|im_start|><think>a</think><|im_end|>", false);
        Assert.Equal(5, tokens.Length);
        Assert.Equal("<think>a</think>", tokenizer.Decode(tokens.AsSpan(), true));
        Assert.False(tokenizer.IsSpecial(tokenizer.FindToken("<think>")!.Value));
    }
}
