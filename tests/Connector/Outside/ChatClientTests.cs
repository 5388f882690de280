using Microsoft.Extensions.AI;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// What a chat client is asked for by the integration tests of dotnet/extensions, asked of the
/// embedded model in words that it knows. docs/outside-tests.md says which is which.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class ChatClientTests(EmbeddedModel model)
{
    private const string Passage =
        "The Blue Anchor is a cafe in Lindholm. Mira Toft runs the Blue Anchor. It opens at 7:30.";

    private static readonly ChatOptions s_short = new() { MaxOutputTokens = 64 };

    [Fact]
    public async Task A_single_message_is_answered()
    {
        var response = await model.Client.GetResponseAsync("Who are you?", s_short);
        Assert.Contains("small language model", response.Text);
    }

    [Fact]
    public async Task A_conversation_is_answered_from_all_of_it()
    {
        var response = await model.Client.GetResponseAsync(
            [
                new(ChatRole.System, Passage),
                new(ChatRole.User, "Who runs the Blue Anchor?"),
                new(ChatRole.Assistant, "Mira Toft runs the Blue Anchor."),
                new(ChatRole.User, "When does the Blue Anchor open?"),
            ],
            s_short);
        Assert.Contains("7:30", response.Text);
    }

    [Fact]
    public async Task Empty_messages_do_no_harm()
    {
        var response = await model.Client.GetResponseAsync(
            [
                new(ChatRole.System, [new TextContent(Passage)]), new(ChatRole.User, []),
                new(ChatRole.Assistant, []), new(ChatRole.User, "Who runs the Blue Anchor?"),
            ],
            s_short);
        Assert.Contains("Mira Toft", response.Text);
    }

    [Fact]
    public async Task A_stream_says_it_in_pieces()
    {
        var pieces = await model.Client.GetStreamingResponseAsync(Asked(), s_short).ToListAsync();
        Assert.True(pieces.Count > 2);
        Assert.Contains("Mira Toft", string.Concat(pieces.Select(piece => piece.Text)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Usage_is_told(bool streaming)
    {
        var usage = streaming
            ? (await model.Client.GetStreamingResponseAsync(Asked(), s_short).ToListAsync())
                .SelectMany(update => update.Contents).OfType<UsageContent>().Single().Details
            : (await model.Client.GetResponseAsync(Asked(), s_short)).Usage!;
        Assert.True(usage.InputTokenCount > 20);
        Assert.True(usage.OutputTokenCount > 2);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
        Assert.NotNull(usage.CachedInputTokenCount);
    }

    [Fact]
    public async Task A_stream_goes_into_a_history_as_one_message_of_one_text()
    {
        var history = Asked();
        await history.AddMessagesAsync(model.Client.GetStreamingResponseAsync(history, s_short));
        Assert.Equal(3, history.Count);
        Assert.Equal(ChatRole.Assistant, history[2].Role);
        Assert.Equal(
            history[2].Text, Assert.IsType<TextContent>(Assert.Single(history[2].Contents)).Text);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/pdf")]
    public async Task What_the_model_cannot_see_is_refused(string kind) =>
        await Assert.ThrowsAsync<UnsupportedContentException>(
            () => model.Client.GetResponseAsync(
            [
                new(ChatRole.User,
                    [new TextContent("What is it?"), new DataContent(new byte[] { 1 }, kind)]),
            ]));

    [Fact]
    public async Task A_form_that_the_model_cannot_be_held_to_is_refused()
    {
        var error = await Assert.ThrowsAsync<ChatOptionsException>(
            () => model.Client.GetResponseAsync<int>("How many?"));
        Assert.Contains("response_format", error.Message);
    }

    [Fact]
    public async Task Answers_at_random_differ_and_answers_of_one_seed_do_not()
    {
        async Task<string> Ask(long? seed) =>
            (await model.Client.GetResponseAsync(
                "Who are you?",
                new ChatOptions { MaxOutputTokens = 24, Temperature = 5, TopP = 1, Seed = seed }))
            .Text;
        Assert.NotEqual(await Ask(null), await Ask(null));
        Assert.Equal(await Ask(7), await Ask(7));
    }

    private static List<ChatMessage> Asked() =>
        [new(ChatRole.System, Passage), new(ChatRole.User, "Who runs the Blue Anchor?")];
}
