using Microsoft.Extensions.AI;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// How many answers, of how many, for whom: what options say, and what is refused.
/// </summary>
public sealed class ChoiceOptionTests
{
    [Fact]
    public void Without_options_there_is_one_choice()
    {
        var choices = Prompts.Build([new(ChatRole.User, "?")]).Choices;
        Assert.Equal((1, null, null), (choices.Count, choices.BestOf, choices.Beams));
    }

    [Fact]
    public void Every_option_reaches_the_request()
    {
        var drawn = Build(("n", 2), ("best_of", "4"), ("tenant", "us"), ("priority", -3.0));
        Assert.Equal((2, 4, 4), (drawn.Choices.Count, drawn.Choices.BestOf, drawn.Choices.Samples));
        Assert.True(drawn.Choices.IsRanked);
        Assert.Equal(("us", -3), (drawn.Tenant, drawn.Priority));
        var searched = Build(
            ("n", 2), ("beam_width", 3), ("length_penalty", "-1.5"), ("early_stopping", true));
        Assert.Equal(
            new BeamParams
            {
                Width = 3,
                LengthPenalty = -1.5f,
                EarlyStopping = EarlyStopping.Always,
            },
            searched.Choices.Beams);
        Assert.Equal((2, false), (searched.Choices.Samples, searched.Choices.IsRanked));
    }

    [Theory]
    [InlineData("results_per_prompt")]
    [InlineData("num_return_sequences")]
    public void Other_names_for_n_are_taken(string name) =>
        Assert.Equal(3, Build((name, 3)).Choices.Count);

    [Theory]
    [InlineData("max_completion_tokens")]
    [InlineData("max_new_tokens")]
    [InlineData("num_predict")]
    public void Other_names_for_max_tokens_are_taken(string name) =>
        Assert.Equal(7, Build((name, 7)).Stop.MaxTokens);

    [Fact]
    public void The_first_name_goes_before_others() =>
        Assert.Equal(2, Build(("results_per_prompt", 3), ("n", 2)).Choices.Count);

    // A model's own temperature is no reason to refuse a search: only what the caller asks for is.
    [Fact]
    public void A_search_passes_over_the_models_own_way_to_draw()
    {
        var own = new SamplingParams { Temperature = 0.7f, TopK = 20, TopP = 0.8f, MinP = 0.1f };
        var request = Prompts.Build([new(ChatRole.User, "?")], Options(("num_beams", 2)), own);
        Assert.Equal(SamplingParams.Greedy, request.Sampling);
        Refused(
            "temperature is 0.5; it must be 0 with beam_width. "
            + "top_k is 5; it must be 0 with beam_width.",
            ("beam_width", 2), ("temperature", 0.5), ("top_k", 5));
    }

    [Fact]
    public void All_that_is_wrong_is_in_one_message_by_the_callers_names() =>
        Refused(
            "temperature is 11; it must be a number from 0 to 10. "
            + "tenant is a text of 257 characters; it must be a text of at most 256 characters. "
            + "results_per_prompt is 0; it must be a whole number of at least 1. "
            + "num_beams is 17; it must be a whole number from 2 to 16. "
            + "length_penalty is 11; it must be a number from -10 to 10. "
            + "early_stopping is \"soon\"; it must be true, false or \"never\".",
            ("temperature", 11), ("tenant", new string('t', 257)), ("results_per_prompt", 0),
            ("num_beams", 17), ("length_penalty", 11), ("early_stopping", "soon"));

    [Fact]
    public void What_cannot_go_together_is_refused()
    {
        Refused("best_of is 2; it must be at least n (3).", ("n", 3), ("best_of", 2));
        Refused(
            "n is 4; it must be at most beam_width (3). best_of is 5; it must be unset with "
            + "beam_width. logprobs is 0; it must be unset with beam_width. stop_sequences is "
            + "[\"a\"]; it must be empty with beam_width: the text of a beam is known when all "
            + "have ended.",
            ("n", 4), ("best_of", 5), ("beam_width", 3), ("stop", "a"), ("logprobs", true));
        Refused(
            "length_penalty is 2; it must be unset without beam_width. "
            + "early_stopping is true; it must be unset without beam_width.",
            ("length_penalty", 2), ("early_stopping", true));
    }

    [Fact]
    public async Task What_the_engine_is_not_set_up_for_is_told_with_all_else()
    {
        await using var engine = ScriptedEngine.Create(
            _ => "", new ScriptedEngine.Setup { MaxSequences = 4 });
        var error = await Assert.ThrowsAsync<ChatOptionsException>(() =>
            engine.Client.GetResponseAsync("?", Options(("n", 5), ("priority", 2), ("top_p", 2))));
        Assert.Equal(
            "top_p is 2; it must be a number over 0 and up to 1. "
            + "n is 5; it must be at most 4, the sequences that run at once. "
            + "priority is 2; it must be 0 under any policy but priority.",
            error.Message);
    }

    // More prompt than as many beams as asked for can continue: only the engine knows.
    [Fact]
    public async Task What_only_the_engine_refuses_is_a_refused_request_too()
    {
        await using var engine = ScriptedEngine.Create(
            _ => "", new ScriptedEngine.Setup { Blocks = 8 });
        var error = await Assert.ThrowsAsync<ChatRequestException>(() =>
            engine.Client.GetResponseAsync(new string('a', 80), Options(("beam_width", 4))));
        Assert.Contains("8 blocks", error.Message);
    }

    [Fact]
    public async Task Priorities_and_tenants_are_taken_where_the_policy_asks_for_them()
    {
        foreach (var policy in Enum.GetValues<SchedulingPolicy>())
        {
            await using var engine = ScriptedEngine.Create(
                ScriptedEngine.LastUser, new ScriptedEngine.Setup { Policy = policy });
            var priority = policy == SchedulingPolicy.Priority ? 2 : 0;
            var response = await engine.Client.GetResponseAsync(
                "hello", Options(("priority", priority), ("tenant", "us")));
            Assert.Equal("hello", response.Text);
        }
    }

    private static ChatRequest Build(params (string, object?)[] options) =>
        Prompts.Build(Options(options));

    private static void Refused(string message, params (string, object?)[] options) =>
        Assert.Equal(message, Assert.Throws<ChatOptionsException>(() => Build(options)).Message);

    private static ChatOptions Options(params (string Name, object? Value)[] options) =>
        new()
        {
            AdditionalProperties = new(
                options.Select(option => KeyValuePair.Create(option.Name, option.Value))),
        };
}
