using Microsoft.SemanticKernel.ChatCompletion;

namespace SkPaged.Bench;

/// <summary>
/// Chats of one user message, a short passage and a question; no two are the same.
/// </summary>
internal static class ChatQuestions
{
    private static readonly string[] Names =
    [
        "Mira Toft", "Jonas Reed", "Elsa Brandt", "Omar Haddad", "Lena Voss", "Peter Lund",
        "Ines Costa", "Hugo Marsh",
    ];

    private static readonly string[] Places =
        ["bakery", "museum", "library", "ferry", "school", "garden", "theatre", "market"];

    /// <summary>The n-th chat, 0 .. 511 all different.</summary>
    public static ChatHistory History(int n)
    {
        var (name, place) = (Names[n % 8], Places[n / 8 % 8]);
        var (opens, price) = (7 + n % 5, 2 + n / 64 + n % 7);
        var question = (n % 4) switch
        {
            0 => $"Who runs the {place}?",
            1 => $"When does the {place} open?",
            2 => $"How much is a ticket for the {place}?",
            _ => $"What can you tell me about the {place}?",
        };
        var history = new ChatHistory();
        history.AddUserMessage(
            $"{name} runs the {place}. It opens at {opens}:30. A ticket costs {price} euros. "
            + question);
        return history;
    }
}
