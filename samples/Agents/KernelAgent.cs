using System.Text;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;

namespace SkPaged.Agents;

/// <summary>An agent that is no more than calls of Semantic Kernel's chat service.</summary>
internal sealed class KernelAgent(Kernel kernel, int maxTokens) : IAgent
{
    private readonly IChatCompletionService _chat =
        kernel.GetRequiredService<IChatCompletionService>();

    public string Way => "Semantic Kernel";

    public async Task<Answer> AnswerAsync(IReadOnlyList<(bool ByUser, string Text)> transcript)
    {
        #region prompt
        // What is common comes first: preamble, tools, what was said. Whose turn it is comes last.
        var history = new ChatHistory(Harbour.Preamble);
        foreach (var (byUser, text) in transcript)
            history.AddMessage(byUser ? AuthorRole.User : AuthorRole.Assistant, text);
        var settings = new PagedLlmPromptExecutionSettings
        {
            MaxTokens = maxTokens,
            Temperature = 0,
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
        };
        #endregion

        var (said, turns) = (new StringBuilder(), new List<PagedLlmResult>());
        await foreach (var part in _chat.GetStreamingChatMessageContentsAsync(
            history, settings, kernel))
        {
            said.Append(part.Content);
            if (part.InnerContent is PagedLlmResult result)
                turns.Add(result);
        }

        return new Answer($"{said}", turns);
    }
}
