using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Eval;

/// <summary>One dialogue of the evaluation, up to the reply that is scored.</summary>
/// <param name="Number">Its number in the set.</param>
/// <param name="Skill">What the reply takes.</param>
/// <param name="Tools">The function objects as JSON.</param>
/// <param name="Messages">The messages before the reply.</param>
/// <param name="Expected">The one right reply.</param>
/// <param name="HeldOutForm">Whether the request has a form that training never uses.</param>
public sealed record EvalCase(
    int Number, Skill Skill, IReadOnlyList<string> Tools, IReadOnlyList<ChatMessage> Messages,
    ChatMessage Expected, bool HeldOutForm)
{
    /// <summary>The prompt as the chat template renders it.</summary>
    public string Prompt => ChatRenderer.Render(Messages, Tools, addGenerationPrompt: true);

    /// <summary>The text that a right reply has, without the token that ends it.</summary>
    public string ExpectedText => ChatRenderer.Said(Expected);
}
