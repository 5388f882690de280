using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

public sealed class OptionTests
{
    private static readonly SamplingParams Own = new()
    {
        Temperature = 0.6f,
        TopK = 20,
        TopP = 0.95f,
        RepetitionPenalty = 1.1f,
    };

    [Fact]
    public void Without_options_the_models_defaults_hold()
    {
        var request = Prompts.Build([new(ChatRole.User, "?")], null, Own);
        Assert.Equal(Own, request.Sampling);
        Assert.Equal([ByteTokenizer.TurnEnd], request.Stop.EndTokens.ToArray());
        Assert.Equal(Prompts.MaxLength - request.Prompt.Length, request.Stop.MaxTokens);
    }

    [Fact]
    public void Options_go_before_defaults_one_by_one()
    {
        var options = new ChatOptions { Temperature = 0.2f, TopK = 0 };
        var request = Prompts.Build([new(ChatRole.User, "?")], options, Own);
        Assert.Equal(Own with { Temperature = 0.2f, TopK = 0 }, request.Sampling);
    }

    [Fact]
    public void A_default_for_max_tokens_is_cut_to_what_fits()
    {
        var request = Prompts.Build([new(ChatRole.User, "?")], null, null, maxTokens: 100_000);
        Assert.Equal(Prompts.MaxLength - request.Prompt.Length, request.Stop.MaxTokens);
        Assert.Equal(7, Prompts.Build([new(ChatRole.User, "?")], null, null, 7).Stop.MaxTokens);
    }

    [Fact]
    public async Task A_priority_without_the_policy_is_refused_by_name()
    {
        await using var engine = ScriptedEngine.Echo();
        using var client = engine.Client;
        var options = new ChatOptions { AdditionalProperties = new() { ["priority"] = 1 } };
        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => client.GetResponseAsync("?", options));
        Assert.Contains("priority is 1; it must be 0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_reaches_the_engine()
    {
        var request = Prompts.Build(new ChatOptions
        {
            Temperature = 0.5f,
            TopP = 0.9f,
            TopK = 40,
            Seed = -1,
            FrequencyPenalty = 0.5f,
            PresencePenalty = -0.5f,
            MaxOutputTokens = 50,
            StopSequences = ["END"],
            AdditionalProperties = new()
            {
                ["min_p"] = 0.05,
                ["repetition_penalty"] = 1.2,
                ["min_tokens"] = 3.0,
                ["stop_token_ids"] = new[] { 65.0, 66.0 },
                ["ignore_eos"] = true,
                ["stop"] = "STOP",
                ["logit_bias"] = new Dictionary<int, int> { [65] = -100 },
                ["top_logprobs"] = 5,
                ["logprobs"] = true,
            },
        });
        Assert.Equal(
            new SamplingParams
            {
                Temperature = 0.5f,
                TopP = 0.9f,
                TopK = 40,
                MinP = 0.05f,
                RepetitionPenalty = 1.2f,
                FrequencyPenalty = 0.5f,
                PresencePenalty = -0.5f,
                Seed = ulong.MaxValue,
                Logprobs = 5,
            },
            request.Sampling with { LogitBias = SamplingParams.Greedy.LogitBias });
        Assert.Equal(-100, request.Sampling.LogitBias[new TokenId(65)]);
        Assert.Equal((50, 3), (request.Stop.MaxTokens, request.Stop.MinTokens));
        Assert.Equal([new TokenId(65), new TokenId(66)], request.Stop.EndTokens.ToArray());
        Assert.Equal(["END", "STOP"], request.StopStrings.Strings.ToArray());
    }

    [Theory]
    [InlineData("0.25")]
    [InlineData("\"0.25\"")]
    public void A_value_may_be_json_or_a_string(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        foreach (object value in (object[])[root, root.ToString(), 0.25m])
        {
            var options = new ChatOptions { AdditionalProperties = new() { ["min_p"] = value } };
            Assert.Equal(0.25f, Prompts.Build(options).Sampling.MinP);
        }
    }

    [Fact]
    public void Log_probabilities_may_be_a_count_as_vllm_has_it()
    {
        Assert.Equal(3, Logprobs(3));
        Assert.Equal(0, Logprobs(true));
        Assert.Null(Logprobs(false));
    }

    [Fact]
    public void All_that_is_wrong_is_in_one_message()
    {
        var error = Assert.Throws<ChatOptionsException>(() => Prompts.Build(new ChatOptions
        {
            Temperature = -1,
            TopP = 0,
            MaxOutputTokens = 0,
            StopSequences = [""],
            ResponseFormat = ChatResponseFormat.Json,
            AdditionalProperties = new()
            {
                ["min_p"] = "much",
                ["stop_token_ids"] = new[] { 999 },
                ["ignore_eos"] = "maybe",
                ["top_logprobs"] = 21,
                ["n"] = 0,
            },
        }));
        Assert.Equal(
            "temperature is -1; it must be a number from 0 to 10. "
            + "top_p is 0; it must be a number over 0 and up to 1. "
            + "min_p is \"much\"; it must be a number from 0 to 1. "
            + "top_logprobs is 21; it must be a whole number from 0 to 20. "
            + "max_tokens is 0; it must be a whole number of at least 1. "
            + "stop_token_ids is [999]; it must be tokens from 0 to 264. "
            + "ignore_eos is \"maybe\"; it must be true or false. "
            + "stop_sequences is [\"\"]; it must be texts that are not empty. "
            + "n is 0; it must be a whole number of at least 1. "
            + "response_format is \"json\"; it must be text: ask for JSON in the prompt.",
            error.Message);
        Assert.Equal(10, error.Errors.Length);
        Assert.IsAssignableFrom<ArgumentException>(error);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_is_refused(float value)
    {
        var typed = Assert.Throws<ChatOptionsException>(
            () => Prompts.Build(new ChatOptions { Temperature = value }));
        Assert.StartsWith("temperature is ", typed.Message);
        var loose = Assert.Throws<ChatOptionsException>(() => Prompts.Build(
            new ChatOptions { AdditionalProperties = new() { ["min_p"] = value } }));
        Assert.StartsWith("min_p is ", loose.Message);
    }

    // Semantic Kernel carries settings as JSON, which has no such numbers.
    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public async Task What_is_no_number_is_refused_in_settings_too(double value, string shown)
    {
        await using var engine = ScriptedEngine.Echo();
        var chat = new PagedLlmChatCompletionService(engine.Engine);
        var error = await Assert.ThrowsAsync<ChatOptionsException>(
            () => chat.GetChatMessageContentAsync("Hi", new PagedLlmPromptExecutionSettings
            {
                Temperature = (float)value,
                MinP = (float)value,
            }));
        Assert.Contains($"temperature is {shown}", error.Message);
        Assert.Contains("min_p is ", error.Message);
    }

    [Fact]
    public void At_least_and_at_most_must_agree()
    {
        var error = Assert.Throws<ChatOptionsException>(() => Prompts.Build(new ChatOptions
        {
            MaxOutputTokens = 5,
            AdditionalProperties = new() { ["min_tokens"] = 6 },
        }));
        Assert.Equal("min_tokens is 6; it must be a whole number from 0 to 5.", error.Message);
    }

    private static int? Logprobs(object value) =>
        Prompts.Build(new ChatOptions { AdditionalProperties = new() { ["logprobs"] = value } })
            .Sampling.Logprobs;
}
