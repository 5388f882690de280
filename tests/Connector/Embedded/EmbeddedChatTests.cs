using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// The embedded model for real: weights, tokenizer and template, through a kernel.
/// </summary>
public sealed class EmbeddedChatTests : IAsyncLifetime
{
    private const string Passage =
        """
        You answer questions about the harbour cafe.

        The Blue Anchor is a cafe in Lindholm. Mira Toft runs the Blue Anchor. It opens at 7:30 and
        closes at 18:00. Jonas Reed bakes the bread. The ferry to Skarvik leaves at 9:15.
        """;

    private static readonly (string Question, string Answer)[] s_known =
    [
        ("Who runs the Blue Anchor?", "Mira Toft"),
        ("When does the Blue Anchor open?", "7:30"),
        ("Where is the Blue Anchor?", "Lindholm"),
        ("Who bakes the bread?", "Jonas Reed"),
        ("When does the ferry to Skarvik leave?", "9:15"),
    ];

    private readonly PagedLlmPromptExecutionSettings _settings = new() { MaxTokens = 48 };
    private PagedLlmEngine _engine = null!;
    private IChatCompletionService _chat = null!;

    public Task InitializeAsync()
    {
        _engine = PagedLlmEngine.LoadEmbedded(new PagedLlmEngineOptions { KvBlocks = 1024 });
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(_engine);
        _chat = builder.Build().GetRequiredService<IChatCompletionService>();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Sixty_four_calls_at_once_are_all_answered_from_the_passage()
    {
        var asked = Enumerable.Range(0, 64).Select(i => s_known[i % s_known.Length]).ToList();
        var answers = await Task.WhenAll(asked.Select(pair =>
            _chat.GetChatMessageContentAsync(History(pair.Question), _settings)));
        Assert.All(
            Enumerable.Range(0, asked.Count),
            i => Assert.Contains(
                asked[i].Answer, answers[i].Content, StringComparison.Ordinal));
        Assert.Equal(0, _engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task A_crowd_gets_the_answers_that_each_gets_alone()
    {
        var alone = new List<string?>();
        foreach (var (question, _) in s_known)
        {
            var answer = await _chat.GetChatMessageContentAsync(History(question), _settings);
            alone.Add(answer.Content);
        }

        var crowd = await Task.WhenAll(s_known.Select(pair =>
            _chat.GetChatMessageContentAsync(History(pair.Question), _settings)));
        Assert.Equal(alone, crowd.Select(answer => answer.Content));
    }

    [Fact]
    public async Task A_streamed_answer_is_the_whole_answer_in_pieces()
    {
        var pieces = new List<string>();
        await foreach (var piece in _chat.GetStreamingChatMessageContentsAsync(
            History(s_known[0].Question), _settings))
            pieces.Add(piece.Content ?? "");
        var whole = await _chat.GetChatMessageContentAsync(
            History(s_known[0].Question), _settings);
        Assert.Equal(whole.Content, string.Concat(pieces));
        Assert.Equal("stop", whole.Metadata?["FinishReason"]);
    }

    private static ChatHistory History(string question)
    {
        var history = new ChatHistory(Passage);
        history.AddUserMessage(question);
        return history;
    }
}
