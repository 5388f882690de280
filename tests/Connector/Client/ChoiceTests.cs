using System.Text.Json;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>Several answers to one request.</summary>
public sealed class ChoiceTests
{
    private const string Call =
        "<tool_call>\n{\"name\": \"look\", \"arguments\": {\"at\": \"it\"}}\n</tool_call>";

    private static readonly string[] Says = ["first", "the second, longer", $"Wait.\n{Call}"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_stream_says_what_a_response_says(int count)
    {
        await using var engine = Create();
        var response = await engine.Client.GetResponseAsync("?", Options(count));
        await using var other = Create();
        var streamed = await other.Client.GetStreamingResponseAsync("?", Options(count))
            .ToChatResponseAsync();
        Assert.Equal(count, response.Messages.Count);
        Assert.Equal(Shown(response), Shown(streamed));
    }

    [Fact]
    public async Task Each_choice_is_a_message_with_its_contents_result_and_finish_reason()
    {
        await using var engine = Create();
        var options = Options(3);
        options.MaxOutputTokens = Says[2].Length;
        var response = await engine.Client.GetResponseAsync("?", options);
        Assert.Equal(
            ["first", "the second, longer", "Wait."],
            response.Messages.Select(message => message.Text));
        Assert.Equal(
            ["stop", "stop", "tool_calls"],
            response.Messages.Select(message => message.AdditionalProperties!["FinishReason"]));
        Assert.Equal(
            [0, 1, 2],
            response.Messages.Select(message => message.AdditionalProperties!["ChoiceIndex"]));
        var results = response.Messages.Select(
            message => Assert.IsType<PagedLlmResult>(message.RawRepresentation)).ToList();
        Assert.Equal([0, 1, 2], results.Select(result => result.Choice));
        Assert.Equal(
            ["first".Length + 1, Says[1].Length + 1],
            results.Take(2).Select(result => result.OutputTokens.Length));
        Assert.IsType<FunctionCallContent>(response.Messages[2].Contents[1]);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Same(results[0], response.RawRepresentation);
        Assert.Equal(3, response.Messages.Select(message => message.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task A_choice_that_the_limit_ends_says_so_for_itself()
    {
        await using var engine = Create();
        var options = Options(2);
        options.MaxOutputTokens = 6;
        var response = await engine.Client.GetResponseAsync("?", options);
        Assert.Equal(["first", "the se"], response.Messages.Select(message => message.Text));
        Assert.Equal(
            ["stop", "length"],
            response.Messages.Select(message => message.AdditionalProperties!["FinishReason"]));
    }

    [Fact]
    public async Task Usage_counts_the_prompt_once_and_the_output_of_all()
    {
        await using var engine = Create();
        var one = (await engine.Client.GetResponseAsync("?", Options(1))).Usage!;
        var all = (await engine.Client.GetResponseAsync("?", Options(2))).Usage!;
        Assert.Equal(one.InputTokenCount, all.InputTokenCount);
        Assert.Equal("first".Length + 1 + Says[1].Length + 1, all.OutputTokenCount);
        Assert.Equal(all.InputTokenCount + all.OutputTokenCount, all.TotalTokenCount);
        Assert.True(all.CachedInputTokenCount > 0);
    }

    [Fact]
    public async Task A_stream_gives_one_choice_after_the_other_and_the_usage_last()
    {
        await using var engine = Create();
        var updates = await engine.Client.GetStreamingResponseAsync("?", Options(3)).ToListAsync();
        var order = updates.SkipLast(1)
            .Select(update => (int)update.AdditionalProperties!["ChoiceIndex"]!).ToList();
        Assert.Equal(order.Order(), order);
        Assert.Equal([0, 1, 2], order.Distinct());
        Assert.Single(updates.SelectMany(update => update.Contents).OfType<UsageContent>());
        Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents));
        Assert.Equal(
            [0, 1, 2],
            updates.Select(update => update.RawRepresentation).OfType<PagedLlmResult>()
                .Select(result => result.Choice));
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
    }

    [Fact]
    public async Task The_first_choice_is_streamed_while_it_is_drawn()
    {
        await using var engine = Create();
        using var gate = new Turnstile(engine.Executor);
        await using var updates = engine.Client.GetStreamingResponseAsync("?", Options(2))
            .GetAsyncEnumerator();
        var first = updates.MoveNextAsync();
        await gate.Arrived();
        gate.Pass();
        Assert.True(await first);
        Assert.Equal("f", updates.Current.Text);
        gate.Open();
    }

    [Fact]
    public async Task A_stop_string_ends_its_own_choice_only()
    {
        await using var engine = ScriptedEngine.CreateChoices(
            (_, sample) => sample == 0 ? "ab|cd" : "abcdefgh");
        var options = Options(2);
        options.StopSequences = ["|"];
        var response = await engine.Client.GetResponseAsync("?", options);
        Assert.Equal(["ab", "abcdefgh"], response.Messages.Select(message => message.Text));
        Assert.Equal(
            ["|", null],
            response.Messages.Select(
                message => ((PagedLlmResult)message.RawRepresentation!).StopString));
        Assert.Equal(3 + 9, response.Usage!.OutputTokenCount);
        await Wait.Until(() => engine.Engine.Snapshot.BlocksLive == 0);
    }

    [Theory]
    [InlineData(1, "second")]
    [InlineData(2, "second,third")]
    public async Task The_best_of_several_come_the_best_first(int count, string expected)
    {
        string[] says = ["first", "second", "third"];
        await using var engine = ScriptedEngine.CreateChoices((_, sample) => says[sample]);
        engine.Executor.Logprob = sample => sample switch { 0 => -3, 1 => -1, _ => -2 };
        var options = Options(count, ("best_of", 3));
        var response = await engine.Client.GetResponseAsync("?", options);
        var streamed = await engine.Client.GetStreamingResponseAsync("?", options)
            .ToChatResponseAsync();
        Assert.Equal(expected, string.Join(',', response.Messages));
        Assert.Equal(Shown(response)[1..], Shown(streamed)[1..]);
        Assert.Equal(
            Enumerable.Range(0, count),
            response.Messages.Select(
                message => ((PagedLlmResult)message.RawRepresentation!).Choice));
        Assert.Equal(
            says.Sum(text => text.Length + 1), response.Usage!.OutputTokenCount);
        Assert.Empty(((PagedLlmResult)response.RawRepresentation!).LogProbabilities);
    }

    // The script's own answer is the likeliest, and the next of it differs in one token.
    [Fact]
    public async Task Beams_give_the_likeliest_answers_the_best_first()
    {
        await using var engine = ScriptedEngine.Create(_ => "abc");
        var options = Options(2, ("beam_width", 2));
        options.MaxOutputTokens = 4;
        var response = await engine.Client.GetResponseAsync("?", options);
        var streamed = await engine.Client.GetStreamingResponseAsync("?", options)
            .ToChatResponseAsync();
        Assert.Equal("abc", response.Messages[0].Text);
        Assert.NotEqual("abc", response.Messages[1].Text);
        Assert.Equal(2, response.Messages.Count);
        Assert.Equal(
            response.Messages.Select(message => message.Text),
            streamed.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task Leaving_a_stream_of_choices_frees_what_they_held()
    {
        await using var engine = ScriptedEngine.Create(_ => new string('a', 2000));
        await foreach (var _ in engine.Client.GetStreamingResponseAsync("?", Options(3)))
            break;
        await Wait.Until(() => engine.Engine.Snapshot.BlocksLive == 0);
    }

    private static ScriptedEngine Create() =>
        ScriptedEngine.CreateChoices((_, sample) => Says[sample]);

    private static ChatOptions Options(int count, params (string, object?)[] more)
    {
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.Create((string at) => at, "look")],
            AdditionalProperties = new() { ["n"] = count },
        };
        foreach (var (name, value) in more)
            options.AdditionalProperties[name] = value;
        return options;
    }

    // All that both forms tell, but for ids and times.
    private static string[] Shown(ChatResponse response) =>
    [
        $"{response.Usage!.InputTokenCount} {response.Usage.OutputTokenCount} "
            + $"{response.Usage.CachedInputTokenCount}",
        $"{response.FinishReason} {response.ModelId}",
        .. response.Messages.Select(message =>
            $"{message.Role} {Properties(message)}: "
            + string.Join(" | ", message.Contents.Select(content => content switch
            {
                TextContent text => text.Text,
                FunctionCallContent call =>
                    $"{call.Name} {JsonSerializer.Serialize(call.Arguments)}",
                _ => content.GetType().Name,
            }))),
    ];

    private static string Properties(ChatMessage message) =>
        string.Join(
            ",",
            message.AdditionalProperties!.Where(pair => pair.Key is "FinishReason" or "ChoiceIndex")
                .OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));
}
