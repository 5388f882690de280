using System.Text.Json;
using Microsoft.SemanticKernel;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Settings;

public sealed class SettingsTests
{
    private const string Json =
        """
        {
          "temperature": 0.7, "top_p": 0.9, "top_k": 40, "min_p": 0.05,
          "repetition_penalty": 1.1, "presence_penalty": 0.2, "frequency_penalty": -0.2,
          "token_selection_biases": { "65": -100 }, "seed": 12, "max_tokens": 128, "min_tokens": 4,
          "stop_sequences": ["END"], "stop_token_ids": [1, 2], "ignore_eos": true,
          "logprobs": true, "top_logprobs": 3, "enable_thinking": false,
          "chat_system_prompt": "Be brief.", "chat_developer_prompt": "Be kind.",
          "reasoning_effort": "low", "priority": 1, "cache_salt": "salt",
          "tenant": "us", "n": 2, "best_of": 3, "beam_width": 4, "length_penalty": 0.5,
          "early_stopping": "never",
          "service_id": "service", "model_id": "model"
        }
        """;

    [Fact]
    public void Settings_of_this_type_are_taken_as_they_are()
    {
        var settings = new PagedLlmPromptExecutionSettings();
        Assert.Same(settings, PagedLlmPromptExecutionSettings.FromExecutionSettings(settings));
    }

    [Fact]
    public void No_settings_are_the_defaults()
    {
        var settings = PagedLlmPromptExecutionSettings.FromExecutionSettings(null);
        Assert.All(
            typeof(PagedLlmPromptExecutionSettings).GetProperties()
                .Where(property => property.Name != nameof(settings.IsFrozen)),
            property => Assert.Null(property.GetValue(settings)));
    }

    [Fact]
    public void Json_fills_every_setting()
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(Json)!;
        AssertFilled(settings);
        Assert.Equal("service", settings.ServiceId);
        Assert.Equal("model", settings.ModelId);
        Assert.Null(settings.ExtensionData);
    }

    [Fact]
    public void Settings_go_to_json_and_back()
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(Json)!;
        var json = JsonSerializer.Serialize(settings);
        Assert.Equal(Names(Json).Append("function_choice_behavior").Order(), Names(json));
        AssertFilled(JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(json)!);
    }

    [Fact]
    public void Settings_of_the_base_type_are_read_by_their_names()
    {
        var settings = JsonSerializer.Deserialize<PromptExecutionSettings>(Json)!;
        AssertFilled(PagedLlmPromptExecutionSettings.FromExecutionSettings(settings));
    }

    [Fact]
    public void Numbers_and_switches_may_be_strings()
    {
        var settings = PagedLlmPromptExecutionSettings.FromExecutionSettings(new()
        {
            ExtensionData = new Dictionary<string, object>
            {
                ["temperature"] = "0.5",
                ["max_tokens"] = "64",
                ["ignore_eos"] = "True",
                ["logprobs"] = 1,
            },
        });
        Assert.Equal((0.5f, 64), (settings.Temperature, settings.MaxTokens));
        Assert.Equal((true, true), (settings.IgnoreEos, settings.Logprobs));
    }

    [Theory]
    [InlineData("{\"stop\": \"a\"}", "a")]
    [InlineData("{\"stop\": [\"a\", \"b\"]}", "a b")]
    [InlineData("{\"stop_sequences\": \"a\"}", "a")]
    [InlineData("{\"stop\": [\"b\"], \"stop_sequences\": [\"a\", \"b\"]}", "a b")]
    [InlineData("{\"stop_sequences\": [\"a\", \"b\"], \"stop\": [\"b\"]}", "a b")]
    [InlineData("{\"stop\": null}", null)]
    public void Stop_and_stop_sequences_are_one(string json, string? expected)
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(json)!;
        Assert.Equal(
            expected, settings.StopSequences is { } stops ? string.Join(' ', stops.Order()) : null);
        Assert.DoesNotContain("\"stop\"", JsonSerializer.Serialize(settings));
    }

    // Kept as they are, under the names that they have: the client reads those as well.
    [Fact]
    public void Names_of_other_connectors_reach_the_chat_options()
    {
        var options = PagedLlmPromptExecutionSettings.FromExecutionSettings(new()
        {
            ExtensionData = new Dictionary<string, object>
            {
                ["results_per_prompt"] = 2,
                ["max_new_tokens"] = "64",
                ["think"] = false,
            },
        }).ToChatOptions(null);
        var request = Prompts.Build(options);
        Assert.Equal((2, 64), (request.Choices.Count, request.Stop.MaxTokens));
    }

    [Fact]
    public void The_function_choice_behavior_is_kept_with_its_functions()
    {
        var function = KernelFunctionFactory.CreateFromMethod(() => 1, "f");
        var behavior = FunctionChoiceBehavior.Auto([function]);
        var settings = new PromptExecutionSettings { FunctionChoiceBehavior = behavior };
        Assert.Same(
            behavior,
            PagedLlmPromptExecutionSettings.FromExecutionSettings(settings).FunctionChoiceBehavior);
    }

    [Fact]
    public void What_is_unknown_stays_extension_data()
    {
        var settings = PagedLlmPromptExecutionSettings.FromExecutionSettings(
            Unknown("response_format", "text"));
        Assert.Equal("text", $"{settings.ExtensionData!["response_format"]}");
    }

    [Fact]
    public void A_clone_is_equal_and_apart()
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(Json)!;
        settings.FunctionChoiceBehavior = FunctionChoiceBehavior.None();
        settings.ExtensionData = new Dictionary<string, object> { ["other"] = 1 };
        var clone = Assert.IsType<PagedLlmPromptExecutionSettings>(settings.Clone());
        Assert.Equal(JsonSerializer.Serialize(settings), JsonSerializer.Serialize(clone));
        Assert.Equal("service", clone.ServiceId);
        Assert.Same(settings.FunctionChoiceBehavior, clone.FunctionChoiceBehavior);
        clone.StopSequences!.Add("more");
        clone.TokenSelectionBiases![66] = 1;
        clone.ExtensionData!["more"] = 2;
        Assert.Single(settings.StopSequences!);
        Assert.Single(settings.TokenSelectionBiases!);
        Assert.Single(settings.ExtensionData);
    }

    [Fact]
    public void Frozen_settings_do_not_change()
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(Json)!;
        settings.Freeze();
        settings.Freeze();
        Assert.True(settings.IsFrozen);
        foreach (var property in typeof(PagedLlmPromptExecutionSettings).GetProperties()
            .Where(property => property.CanWrite
                && property.DeclaringType == typeof(PagedLlmPromptExecutionSettings)))
        {
            var error = Assert.Throws<System.Reflection.TargetInvocationException>(
                () => property.SetValue(settings, property.GetValue(settings)));
            Assert.IsType<InvalidOperationException>(error.InnerException);
        }

        Assert.Throws<NotSupportedException>(() => settings.StopSequences!.Add("more"));
        Assert.Throws<NotSupportedException>(() => settings.StopTokenIds!.Add(1));
        Assert.Throws<NotSupportedException>(() => settings.TokenSelectionBiases!.Add(1, 1));
    }

    [Fact]
    public void A_clone_of_frozen_settings_may_change()
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(Json)!;
        settings.Freeze();
        var clone = (PagedLlmPromptExecutionSettings)settings.Clone();
        clone.Temperature = 0;
        clone.StopSequences!.Add("more");
        Assert.False(clone.IsFrozen);
    }

    [Fact]
    public void All_that_does_not_read_is_told_at_once()
    {
        var error = Assert.Throws<ChatOptionsException>(
            () => PagedLlmPromptExecutionSettings.FromExecutionSettings(new()
            {
                ExtensionData = new Dictionary<string, object>
                {
                    ["temperature"] = "hot",
                    ["max_tokens"] = 1.5,
                    ["min_p"] = 0.1,
                    ["ignore_eos"] = "perhaps",
                    ["stop"] = 7,
                    ["stop_token_ids"] = "END",
                    ["token_selection_biases"] = "none",
                    ["cache_salt"] = 8,
                    ["early_stopping"] = "soon",
                    ["unknown"] = "anything",
                },
            }));
        Assert.Equal(
            "temperature is \"hot\"; it must be a number. "
            + "max_tokens is 1.5; it must be a whole number. "
            + "ignore_eos is \"perhaps\"; it must be true or false. "
            + "stop is 7; it must be a text or texts. "
            + "stop_token_ids is \"END\"; it must be token ids. "
            + "token_selection_biases is \"none\"; it must be biases by token id. "
            + "cache_salt is 8; it must be a text. "
            + "early_stopping is \"soon\"; it must be true, false or \"never\".",
            error.Message);
    }

    [Fact]
    public void Chat_options_get_every_setting_as_what_it_is()
    {
        var options = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(Json)!
            .ToChatOptions(null);
        Assert.Equal((0.7f, 0.9f, 40), (options.Temperature, options.TopP, options.TopK));
        Assert.Equal((12L, 128), (options.Seed, options.MaxOutputTokens));
        Assert.Equal((0.2f, -0.2f), (options.PresencePenalty, options.FrequencyPenalty));
        Assert.Equal("Be brief.\n\nBe kind.", options.Instructions);
        Assert.Equal(["END"], options.StopSequences);
        var more = options.AdditionalProperties!;
        Assert.Equal(0.05f, more["min_p"]);
        Assert.Equal(1.1f, more["repetition_penalty"]);
        Assert.Equal(4, more["min_tokens"]);
        Assert.Equal([1, 2], (IEnumerable<int>)more["stop_token_ids"]!);
        Assert.Equal(-100, ((IDictionary<int, int>)more["token_selection_biases"]!)[65]);
        Assert.Equal((true, true, 3), (more["ignore_eos"], more["logprobs"], more["top_logprobs"]));
        Assert.Equal(
            (false, 1, "salt"), (more["enable_thinking"], more["priority"], more["cache_salt"]));
        Assert.Equal(
            ("us", 2, 3, 4), (more["tenant"], more["n"], more["best_of"], more["beam_width"]));
        Assert.Equal(
            (0.5f, EarlyStopping.Never), (more["length_penalty"], more["early_stopping"]));
    }

    [Theory]
    [InlineData("true", EarlyStopping.Always)]
    [InlineData("\"True\"", EarlyStopping.Always)]
    [InlineData("false", EarlyStopping.Heuristic)]
    [InlineData("\"never\"", EarlyStopping.Never)]
    [InlineData("null", null)]
    public void Early_stopping_reads_as_in_transformers(string json, EarlyStopping? expected)
    {
        var settings = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(
            $"{{\"early_stopping\": {json}}}")!;
        Assert.Equal(expected, settings.EarlyStopping);
        Assert.Equal(
            expected,
            JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(
                JsonSerializer.Serialize(settings))!.EarlyStopping);
    }

    private static void AssertFilled(PagedLlmPromptExecutionSettings settings)
    {
        Assert.Equal(
            (0.7f, 0.9f, 40, 0.05f),
            (settings.Temperature, settings.TopP, settings.TopK, settings.MinP));
        Assert.Equal(
            (1.1f, 0.2f, -0.2f),
            (settings.RepetitionPenalty, settings.PresencePenalty, settings.FrequencyPenalty));
        Assert.Equal(-100, settings.TokenSelectionBiases![65]);
        Assert.Equal((12L, 128, 4), (settings.Seed, settings.MaxTokens, settings.MinTokens));
        Assert.Equal(["END"], settings.StopSequences);
        Assert.Equal([1, 2], settings.StopTokenIds);
        Assert.Equal(
            (true, true, 3), (settings.IgnoreEos, settings.Logprobs, settings.TopLogprobs));
        Assert.Equal((false, "low"), (settings.EnableThinking, settings.ReasoningEffort));
        Assert.Equal(
            ("Be brief.", "Be kind."), (settings.ChatSystemPrompt, settings.ChatDeveloperPrompt));
        Assert.Equal(
            (1, "salt", "us"), (settings.Priority, settings.CacheSalt, settings.Tenant));
        Assert.Equal((2, 3, 4), (settings.N, settings.BestOf, settings.BeamWidth));
        Assert.Equal(
            (0.5f, EarlyStopping.Never), (settings.LengthPenalty, settings.EarlyStopping));
    }

    private static PromptExecutionSettings Unknown(string name, object value) =>
        new() { ExtensionData = new Dictionary<string, object> { [name] = value } };

    private static IEnumerable<string> Names(string json)
    {
        using var document = JsonDocument.Parse(json);
        var properties = document.RootElement.EnumerateObject();
        return [.. properties.Select(property => property.Name).Order()];
    }
}
