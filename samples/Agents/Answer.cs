using SkPaged.Connector;

namespace SkPaged.Agents;

/// <summary>What an agent said, and what it cost.</summary>
/// <param name="Text">All that it said, calls of functions left out.</param>
/// <param name="Turns">One for each turn of the model: two where it called a function.</param>
internal sealed record Answer(string Text, IReadOnlyList<PagedLlmResult> Turns)
{
    public TimeSpan? TimeToFirstToken => Turns[0].TimeToFirstToken;

    public int PromptTokens => Turns.Sum(turn => turn.PromptTokens);

    public int CachedTokens => Turns.Sum(turn => turn.CachedTokens);
}

/// <summary>
/// Whoever answers a transcript: user and assistant in turns, a user last. The preamble and the
/// tools go before it.
/// </summary>
internal interface IAgent
{
    /// <summary>By what it calls the model.</summary>
    string Way { get; }

    Task<Answer> AnswerAsync(IReadOnlyList<(bool ByUser, string Text)> transcript);
}
