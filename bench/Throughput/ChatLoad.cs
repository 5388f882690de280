using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;

namespace SkPaged.Bench;

/// <summary>What one call gave.</summary>
internal sealed record ChatAnswer(
    string Text, int PromptTokens, int OutputTokens, int CachedTokens);

/// <summary>The answers of one pass over all calls, and how long they took together.</summary>
internal sealed record ChatPass(ImmutableArray<ChatAnswer> Answers, TimeSpan Took)
{
    /// <summary>Output tokens a second.</summary>
    public double Rate => Answers.Sum(answer => answer.OutputTokens) / Took.TotalSeconds;

    public int CachedTokens => Answers.Sum(answer => answer.CachedTokens);

    public double Mean(Func<ChatAnswer, int> figure) => Answers.Average(figure);

    /// <summary>Calls whose texts are not the same in both passes.</summary>
    public int Differing(ChatPass other) =>
        Answers.Zip(other.Answers, (mine, its) => mine.Text != its.Text).Count(differ => differ);
}

/// <summary>Chat calls against one kernel: the n-th is the same in each pass.</summary>
internal sealed class ChatLoad(Kernel kernel, PagedLlmPromptExecutionSettings settings)
{
    private readonly IChatCompletionService _chat =
        kernel.GetRequiredService<IChatCompletionService>();

    private int _passes;

    public async Task<ChatPass> RunAsync(int calls, int atOnce)
    {
        // A salt of its own: no pass finds in the prefix cache what an earlier one computed.
        var ofPass = (PagedLlmPromptExecutionSettings)settings.Clone();
        ofPass.CacheSalt = $"pass {_passes++}";
        var histories = Enumerable.Range(0, calls).Select(ChatQuestions.History).ToList();
        List<ChatAnswer> answers = [];
        GC.Collect();
        var watch = Stopwatch.StartNew();
        foreach (var together in histories.Chunk(atOnce))
            answers.AddRange(await Task.WhenAll(together.Select(call => AskAsync(call, ofPass))));
        return new([.. answers], watch.Elapsed);
    }

    private async Task<ChatAnswer> AskAsync(
        ChatHistory history, PagedLlmPromptExecutionSettings ofPass)
    {
        var answer = await _chat.GetChatMessageContentAsync(history, ofPass, kernel);
        var result = (PagedLlmResult)answer.InnerContent!;
        return new(
            answer.Content ?? "", result.PromptTokens, result.OutputTokens.Length,
            result.CachedTokens);
    }
}
