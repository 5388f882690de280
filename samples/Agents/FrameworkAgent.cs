using System.Text;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using SkPaged.Connector;

namespace SkPaged.Agents;

/// <summary>An agent of the Microsoft Agent Framework over the same engine.</summary>
internal sealed class FrameworkAgent : IAgent
{
    private readonly ChatClientAgent _agent;

    public FrameworkAgent(IChatClient client, Role role, IEnumerable<AITool> tools, int maxTokens)
    {
        #region framework
        // Instructions and a system message give the same tokens, so both kinds of agents share.
        _agent = new ChatClientAgent(client, new ChatClientAgentOptions
        {
            Name = role.Name,
            ChatOptions = new ChatOptions
            {
                Instructions = Harbour.Preamble,
                Tools = [.. tools],
                MaxOutputTokens = maxTokens,
                Temperature = 0,
            },
        });
        #endregion
    }

    public string Way => "Agent Framework";

    public async Task<Answer> AnswerAsync(IReadOnlyList<(bool ByUser, string Text)> transcript)
    {
        var messages = transcript.Select(turn =>
            new ChatMessage(turn.ByUser ? ChatRole.User : ChatRole.Assistant, turn.Text));
        var (said, turns) = (new StringBuilder(), new List<PagedLlmResult>());
        await foreach (var part in _agent.RunStreamingAsync(messages))
        {
            said.Append(part.Text);
            if (part.RawRepresentation is ChatResponseUpdate { RawRepresentation: { } raw }
                && raw is PagedLlmResult result)
                turns.Add(result);
        }

        return new Answer($"{said}", turns);
    }
}
