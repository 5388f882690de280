using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

public sealed class AnswerTests
{
    private const string Unicode = "Zürich: 20 °C, 🙂 日本.\n\n\"quoted\" <b>&</b> < \n";

    [Theory]
    [InlineData("hello")]
    [InlineData(Unicode)]
    [InlineData("a <tool_call> b")]
    public async Task A_stream_says_what_a_response_says(string words)
    {
        await using var engine = ScriptedEngine.Echo();
        await using var other = ScriptedEngine.Echo();
        var response = await engine.Client.GetResponseAsync(words);
        var updates = await other.Client.GetStreamingResponseAsync(words).ToListAsync();
        var streamed = updates.ToChatResponse();
        Assert.Equal(words, response.Text);
        Assert.Equal(words, streamed.Text);
        Assert.Equal(response.FinishReason, streamed.FinishReason);
        Assert.Equal(response.ModelId, streamed.ModelId);
        Assert.Equal(Counts(response.Usage!), Counts(streamed.Usage!));
        Assert.Equal(
            response.Messages.Single().AdditionalProperties!["FinishReason"],
            streamed.Messages.Single().AdditionalProperties!["FinishReason"]);
    }

    [Fact]
    public async Task A_prompt_that_was_asked_before_is_found_in_the_cache_under_the_same_salt()
    {
        await using var engine = ScriptedEngine.Echo();
        var found = new List<long?>();
        foreach (var salt in (string?[])[null, null, "ours", "ours"])
        {
            var options = new ChatOptions
            {
                AdditionalProperties = new() { ["cache_salt"] = salt },
            };
            var response = await engine.Client.GetResponseAsync(Unicode, options);
            found.Add(response.Usage!.CachedInputTokenCount);
        }

        Assert.Equal([0, 64, 0, 64], found);
    }

    [Fact]
    public async Task A_salt_of_257_characters_is_refused()
    {
        await using var engine = ScriptedEngine.Echo();
        var options = new ChatOptions
        {
            AdditionalProperties = new() { ["cache_salt"] = new string('s', 257) },
        };
        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => engine.Client.GetResponseAsync("hello", options));
        Assert.Contains("cache_salt", refused.Message, StringComparison.Ordinal);
        Assert.Contains("at most 256 characters", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_comes_in_pieces_and_no_piece_is_half_a_character()
    {
        await using var engine = ScriptedEngine.Echo();
        var updates = await engine.Client.GetStreamingResponseAsync(Unicode).ToListAsync();
        var texts = updates.SkipLast(1).Select(update => update.Text).ToList();
        Assert.True(texts.Count > 20, $"{texts.Count} pieces");
        Assert.All(texts, text => Assert.NotEmpty(text));
        Assert.All(texts, text => Assert.DoesNotContain('\uFFFD', text));
        Assert.DoesNotContain(texts, text => char.IsHighSurrogate(text[^1]));
    }

    [Fact]
    public async Task Every_update_carries_the_same_ids_role_and_model()
    {
        await using var engine = ScriptedEngine.Echo();
        var updates = await engine.Client.GetStreamingResponseAsync("some words").ToListAsync();
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Single(updates.Select(update => update.MessageId).Distinct());
        Assert.All(updates, update => Assert.False(string.IsNullOrEmpty(update.ResponseId)));
        Assert.All(updates, update => Assert.False(string.IsNullOrEmpty(update.MessageId)));
        Assert.All(updates, update => Assert.Equal(ChatRole.Assistant, update.Role));
        Assert.All(updates, update => Assert.Equal("scripted", update.ModelId));
        Assert.All(updates, update => Assert.Null(update.ConversationId));
        Assert.All(updates, update => Assert.NotEmpty(update.Contents));
    }

    [Fact]
    public async Task Two_answers_have_different_ids()
    {
        await using var engine = ScriptedEngine.Echo();
        var first = await engine.Client.GetResponseAsync("a");
        var second = await engine.Client.GetResponseAsync("a");
        Assert.NotEqual(first.ResponseId, second.ResponseId);
        Assert.NotEqual(first.Messages[0].MessageId, second.Messages[0].MessageId);
    }

    [Fact]
    public async Task Usage_and_finish_reason_come_once_and_last()
    {
        await using var engine = ScriptedEngine.Echo();
        var updates = await engine.Client.GetStreamingResponseAsync("some words").ToListAsync();
        Assert.Single(updates.SelectMany(update => update.Contents).OfType<UsageContent>());
        Assert.Single(updates, update => update.FinishReason is not null);
        var last = updates[^1];
        Assert.IsType<UsageContent>(Assert.Single(last.Contents));
        Assert.Equal(ChatFinishReason.Stop, last.FinishReason);
        Assert.Equal("stop", last.AdditionalProperties!["FinishReason"]);
        Assert.Equal(last.ResponseId, last.AdditionalProperties["Id"]);
        Assert.IsType<PagedLlmResult>(last.RawRepresentation);
    }

    [Fact]
    public async Task Usage_counts_the_tokens_of_prompt_and_answer()
    {
        await using var engine = ScriptedEngine.Echo();
        var response = await engine.Client.GetResponseAsync("words");
        var prompt = ByteTokenizer.Instance.Encode(
            "<|im_start|>user\nwords<|im_end|>\n<|im_start|>assistant\n", addSpecialTokens: false);
        var usage = response.Usage!;
        Assert.Equal(prompt.Length, usage.InputTokenCount);
        Assert.Equal("words".Length + 1, usage.OutputTokenCount);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
        Assert.Equal(0, usage.CachedInputTokenCount);
    }

    [Fact]
    public async Task The_result_tells_what_was_generated_and_how_fast()
    {
        await using var engine = ScriptedEngine.Echo();
        var response = await engine.Client.GetResponseAsync("words");
        var result = Assert.IsType<PagedLlmResult>(response.RawRepresentation);
        Assert.Same(result, response.Messages[0].RawRepresentation);
        Assert.Equal(
            [.. ByteTokenizer.Instance.Encode("words", false), ByteTokenizer.TurnEnd],
            result.OutputTokens.ToArray());
        Assert.True(result.TimeToFirstToken > TimeSpan.Zero);
        Assert.True(result.Duration >= result.TimeToFirstToken);
        Assert.True(result.TokensPerSecond > 0);
        Assert.Equal(0, result.Preemptions);
    }

    [Fact]
    public async Task An_answer_without_words_is_a_message_without_contents()
    {
        await using var engine = ScriptedEngine.Create(_ => "");
        var response = await engine.Client.GetResponseAsync("say nothing");
        var updates = await engine.Client.GetStreamingResponseAsync("say nothing").ToListAsync();
        Assert.Empty(response.Messages.Single().Contents);
        Assert.Equal("", response.Text);
        Assert.Equal(1, response.Usage!.OutputTokenCount);
        Assert.IsType<UsageContent>(Assert.Single(Assert.Single(updates).Contents));
    }

    [Fact]
    public async Task The_client_gives_its_metadata_its_engine_and_its_tokenizer()
    {
        await using var engine = ScriptedEngine.Echo();
        IChatClient client = engine.Client;
        var metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal("scripted", metadata.DefaultModelId);
        Assert.Equal("skpaged", metadata.ProviderName);
        Assert.Null(metadata.ProviderUri);
        Assert.Same(client, client.GetService<PagedLlmChatClient>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Same(engine.Engine, client.GetService<PagedLlmEngine>());
        Assert.Same(engine.Engine.Tokenizer, client.GetService<TextTokenizer>());
        Assert.Null(client.GetService<PagedLlmChatClient>("key"));
        Assert.Null(client.GetService<string>());
    }

    [Fact]
    public async Task Disposing_a_client_leaves_the_engine_running()
    {
        await using var engine = ScriptedEngine.Echo();
        engine.Client.Dispose();
        Assert.Equal("on", (await engine.Client.GetResponseAsync("on")).Text);
    }

    [Fact]
    public async Task Log_probabilities_come_with_every_token_when_asked_for()
    {
        await using var engine = ScriptedEngine.Echo();
        var options = new ChatOptions
        {
            AdditionalProperties = new() { ["logprobs"] = true, ["top_logprobs"] = 2 },
        };
        var result = (PagedLlmResult)(await engine.Client.GetResponseAsync("hé", options))
            .RawRepresentation!;
        var updates = await engine.Client.GetStreamingResponseAsync("hé", options).ToListAsync();
        var streamed = updates
            .Select(update => update.AdditionalProperties?["ContentTokenLogProbabilities"])
            .SelectMany(tokens => (IReadOnlyList<TokenLogProbability>?)tokens ?? []).ToList();
        Assert.Equal(result.OutputTokens, result.LogProbabilities.Select(token => token.Token));
        Assert.Equal(result.OutputTokens, streamed.Select(token => token.Token));
        Assert.Equal("h", result.LogProbabilities[0].Text);
        Assert.All(result.LogProbabilities, token => Assert.Equal(-0.25f, token.LogProbability));
        Assert.All(result.LogProbabilities, token => Assert.Equal(2, token.Top.Length));
    }

    [Fact]
    public async Task Log_probabilities_do_not_come_unasked()
    {
        await using var engine = ScriptedEngine.Echo();
        var response = await engine.Client.GetResponseAsync("h");
        Assert.Empty(((PagedLlmResult)response.RawRepresentation!).LogProbabilities);
        Assert.False(response.Messages[0].AdditionalProperties!
            .ContainsKey("ContentTokenLogProbabilities"));
    }

    private static (long?, long?, long?, long?) Counts(UsageDetails usage) =>
        (usage.InputTokenCount,
            usage.OutputTokenCount,
            usage.TotalTokenCount,
            usage.CachedInputTokenCount);
}
