using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Settings;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Settings;

/// <summary>
/// Every name that an option has, by every way it may come: the same request. And every value that
/// cannot be taken, by every way: one error that names them all.
/// </summary>
public sealed class SettingsTableTests
{
    private static readonly
        (string Name, string Json, Func<ChatRequest, object?> Read, object? Is)[] s_taken =
    [
        ("temperature", "0.5", r => r.Sampling.Temperature, 0.5f),
        ("temperature", "\"0.5\"", r => r.Sampling.Temperature, 0.5f),
        ("top_p", "0.25", r => r.Sampling.TopP, 0.25f),
        ("top_k", "7", r => r.Sampling.TopK, 7),
        ("min_p", "0.125", r => r.Sampling.MinP, 0.125f),
        ("repetition_penalty", "1.5", r => r.Sampling.RepetitionPenalty, 1.5f),
        ("presence_penalty", "-1", r => r.Sampling.PresencePenalty, -1f),
        ("frequency_penalty", "2", r => r.Sampling.FrequencyPenalty, 2f),
        ("token_selection_biases", "{\"65\": 3}", r => r.Sampling.LogitBias[new(65)], 3f),
        ("logit_bias", "{\"65\": 3}", r => r.Sampling.LogitBias[new(65)], 3f),
        ("seed", "9", r => r.Sampling.Seed, 9ul),
        ("do_sample", "false", r => r.Sampling.Temperature, 0f),
        ("do_sample", "true", r => r.Sampling.Temperature, 0.75f),
        ("max_tokens", "5", r => r.Stop.MaxTokens, 5),
        ("max_completion_tokens", "5", r => r.Stop.MaxTokens, 5),
        ("max_new_tokens", "5", r => r.Stop.MaxTokens, 5),
        ("num_predict", "5", r => r.Stop.MaxTokens, 5),
        ("min_tokens", "3", r => r.Stop.MinTokens, 3),
        ("min_new_tokens", "3", r => r.Stop.MinTokens, 3),
        ("stop", "\"END\"", Stops, "END"),
        ("stop", "[\"A\", \"B\"]", Stops, "A B"),
        ("stop_sequences", "[\"A\", \"B\"]", Stops, "A B"),
        ("stop_token_ids", "[3]", r => r.Stop.EndTokens.Contains(new(3)), true),
        ("ignore_eos", "true", r => r.Stop.EndTokens.Length, 0),
        ("logprobs", "true", r => r.Sampling.Logprobs, 0),
        ("top_logprobs", "4", r => r.Sampling.Logprobs, 4),
        ("enable_thinking", "false", Thinks, false),
        ("enable_thinking", "true", Thinks, true),
        ("think", "false", Thinks, false),
        ("reasoning_effort", "\"none\"", Thinks, false),
        ("reasoning_effort", "\"minimal\"", Thinks, false),
        ("reasoning_effort", "\"high\"", Thinks, true),
        ("cache_salt", "\"us\"", r => r.CacheSalt, "us"),
        ("priority", "-2", r => r.Priority, -2),
        ("tenant", "\"we\"", r => r.Tenant, "we"),
        ("n", "2", r => r.Choices.Count, 2),
        ("results_per_prompt", "2", r => r.Choices.Count, 2),
        ("num_return_sequences", "2", r => r.Choices.Count, 2),
        ("best_of", "3", r => r.Choices.BestOf, 3),
        ("response_format", "\"text\"", r => r.ToolCalls, null),
        ("user", "\"ann\"", r => r.Tenant, null),
        ("metadata", "{\"a\": 1}", r => r.Tenant, null),
        ("details", "true", r => r.Tenant, null),
    ];

    private static readonly (string Name, string Json)[] s_wrong =
    [
        ("temperature", "\"hot\""), ("top_p", "2"), ("top_k", "-1"), ("min_p", "[]"),
        ("repetition_penalty", "0"), ("presence_penalty", "3"), ("frequency_penalty", "\"x\""),
        ("token_selection_biases", "{\"65\": \"x\"}"), ("seed", "0.5"), ("max_tokens", "0"),
        ("min_tokens", "-1"), ("stop_token_ids", "[99999]"), ("stop", "[\"\"]"),
        ("ignore_eos", "\"perhaps\""), ("logprobs", "\"perhaps\""), ("top_logprobs", "21"),
        ("enable_thinking", "5"), ("reasoning_effort", "\"utmost\""), ("cache_salt", "7"),
        ("priority", "\"high\""), ("tenant", "8"), ("n", "0"), ("best_of", "0"),
        ("beam_width", "1"), ("length_penalty", "11"), ("early_stopping", "\"soon\""),
        ("do_sample", "7"), ("response_format", "\"json_object\""),
    ];

    public static TheoryData<int> Taken => [.. Enumerable.Range(0, s_taken.Length)];

    [Theory]
    [MemberData(nameof(Taken))]
    public void An_option_is_taken_by_every_way_it_may_come(int row)
    {
        var (name, json, read, expected) = s_taken[row];
        foreach (var options in Ways($"{{\"{name}\": {json}}}"))
            Assert.Equal(expected, read(Build(options)));
    }

    [Theory]
    [InlineData("num_beams")]
    [InlineData("beam_width")]
    public void Beams_search_by_either_name(string name)
    {
        var json = $"{{\"{name}\": 3, \"length_penalty\": 0.5, \"early_stopping\": true}}";
        foreach (var options in Ways(json))
            Assert.Equal(
                new BeamParams
                {
                    Width = 3,
                    LengthPenalty = 0.5f,
                    EarlyStopping = EarlyStopping.Always,
                },
                Build(options).Choices.Beams);
    }

    [Fact]
    public void Every_wrong_value_is_named_in_one_error_by_every_way()
    {
        var json = "{" + string.Join(", ", s_wrong.Select(row => $"\"{row.Name}\": {row.Json}"))
            + "}";
        foreach (var options in Ways(json).Skip(1))
        {
            var error = Assert.Throws<ChatOptionsException>(() => Build(options));
            // Settings have one property for both names of stop strings.
            Assert.Equal(
                s_wrong.Select(row => row.Name).Order(),
                error.Message.Replace("stop_sequences", "stop").Split(". ")
                    .Select(part => part.Split(' ')[0]).Order());
        }
    }

    [Fact]
    public async Task A_service_names_what_does_not_read_with_what_is_out_of_range()
    {
        await using var model = new WeatherModel();
        var settings = new PromptExecutionSettings
        {
            ExtensionData = new Dictionary<string, object>
            {
                ["temperature"] = "hot",
                ["top_p"] = 2,
                ["n"] = 2,
                ["chat_system_prompt"] = 5,
                ["response_format"] = typeof(int),
            },
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
        };
        var error = await Assert.ThrowsAsync<ChatOptionsException>(
            () => model.Service.GetChatMessageContentAsync(
                WeatherModel.History(), settings, model.Kernel));
        Assert.Equal(
            "temperature is \"hot\"; it must be a number from 0 to 10. "
            + "top_p is 2; it must be a number over 0 and up to 1. "
            + "n is 2; it must be 1 where functions are invoked automatically. "
            + "response_format is a RuntimeType; it must be text: ask for JSON in the prompt. "
            + "chat_system_prompt is 5; it must be a text.",
            error.Message);
    }

    [Fact]
    public void An_extra_body_that_is_none_is_named() =>
        Assert.Equal(
            "extra_body is 5; it must be options by name.",
            Assert.Throws<ChatOptionsException>(() => Build(
                new ChatOptions { AdditionalProperties = new() { ["extra_body"] = 5 } })).Message);

    [Theory]
    [InlineData("{\"chat_system_prompt\": \"A\"}", "A")]
    [InlineData("{\"chat_developer_prompt\": \"B\"}", "B")]
    [InlineData("{\"chat_developer_prompt\": \"B\", \"chat_system_prompt\": \"A\"}", "A\n\nB")]
    public void Prompts_of_system_and_developer_are_system_text(string json, string expected)
    {
        var own = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(json)!;
        var other = JsonSerializer.Deserialize<PromptExecutionSettings>(json)!;
        Assert.Equal(expected, own.ToChatOptions(null).Instructions);
        Assert.Equal(expected, own.Clone().ToChatOptions(null).Instructions);
        Assert.Equal(expected, SettingsOptions.Of(other, null).Options.Instructions);
    }

    // As this connector's settings, as the base type's, as options, and within extra_body.
    private static IEnumerable<ChatOptions> Ways(string json)
    {
        ChatOptions? own = null;
        try
        {
            own = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(json)!
                .ToChatOptions(null);
        }
        catch (JsonException)
        {
            // What does not read as this type does not become it.
        }

        var other = JsonSerializer.Deserialize<PromptExecutionSettings>(json)!;
        var pairs = JsonSerializer.Deserialize<Dictionary<string, object?>>(json)!;
        return
        [
            own ?? new ChatOptions(),
            SettingsOptions.Of(other, null).Options,
            new ChatOptions { AdditionalProperties = new(pairs) },
            new ChatOptions { AdditionalProperties = new() { ["extra_body"] = pairs } },
        ];
    }

    private static ChatRequest Build(ChatOptions options) =>
        Prompts.Build(
            [new(ChatRole.User, "?")],
            options,
            sampling: new SamplingParams { Temperature = 0.75f });

    private static string Stops(ChatRequest request) =>
        string.Join(' ', request.StopStrings.Strings);

    // The template writes that there is nothing to think where it is told not to.
    private static object? Thinks(ChatRequest request) =>
        !ByteTokenizer.Instance.Decode(request.Prompt.AsSpan(), skipSpecialTokens: false)
            .EndsWith("<think></think>", StringComparison.Ordinal);
}
