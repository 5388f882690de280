using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>Random weights for a configuration that has none.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class DummyTests : IDisposable
{
    private readonly string _config = Path.GetTempFileName();

    public DummyTests() => File.WriteAllText(_config, """
        {"architectures": ["LlamaForCausalLM"], "vocab_size": 100, "hidden_size": 64,
         "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
         "max_position_embeddings": 64, "torch_dtype": "bfloat16"}
        """);

    public void Dispose() => File.Delete(_config);

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void A_configuration_alone_generates_and_text_needs_a_tokenizer(string dtype)
    {
        var run = Run.Of(
            """
            {"prompt_token_ids":[1,2,3],"max_tokens":5,"ignore_eos":true}
            {"prompt":"Hello","max_tokens":2}
            """,
            "--model", _config, "--load-format", "dummy", "--dtype", dtype);
        Assert.Equal(5, run.Lines[0]["outputs"]![0]!["token_ids"]!.AsArray().Count);
        Assert.Contains("needs a tokenizer", $"{run.Lines[1]}", StringComparison.Ordinal);
        Assert.Contains("drew weights of ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, run.Code);
    }

    [Fact]
    public void Without_the_option_the_call_is_refused()
    {
        var run = Run.Of("", "--model", _config);
        Assert.Contains("is a file; the model's folder is needed", run.Errors,
            StringComparison.Ordinal);
        Assert.Equal(2, run.Code);
    }
}
