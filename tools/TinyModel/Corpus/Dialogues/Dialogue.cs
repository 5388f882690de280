using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Corpus;

/// <summary>What an answer of the model takes.</summary>
public enum Skill
{
    /// <summary>Answer from the passage.</summary>
    Passage,

    /// <summary>Say that the passage does not tell.</summary>
    Untold,

    /// <summary>Call the tools that fit, with the right arguments.</summary>
    ToolCall,

    /// <summary>Answer from what a tool gave back.</summary>
    ToolResult,

    /// <summary>Say that no tool fits.</summary>
    NoTool,

    /// <summary>Ask for a value that the call needs.</summary>
    MissingValue,

    /// <summary>Small talk, and what the model is.</summary>
    SmallTalk,

    /// <summary>Say that it does not know, with neither text nor tools at hand.</summary>
    Unknown,
}

/// <summary>A message and, where the model says it, the skill that it takes.</summary>
/// <param name="Message">The message.</param>
/// <param name="Skill">The skill, or null where the model does not say it.</param>
/// <param name="HeldOutForm">Whether the request that it answers has a form that training never uses.</param>
public sealed record Turn(ChatMessage Message, Skill? Skill = null, bool HeldOutForm = false);

/// <summary>A chat with the tools that it offers.</summary>
/// <param name="Tools">The function objects as JSON.</param>
/// <param name="Turns">The messages, system messages first.</param>
public sealed record Dialogue(IReadOnlyList<string> Tools, IReadOnlyList<Turn> Turns);
