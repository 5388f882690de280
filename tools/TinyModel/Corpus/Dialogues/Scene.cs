namespace SkPaged.TinyModel.Corpus;

/// <summary>What the model has at hand in one dialogue.</summary>
/// <param name="Passage">The text, or one that tells nothing.</param>
/// <param name="Capabilities">What its tools can do: none to four, in training up to seven.</param>
/// <param name="Persona">Who it is to be, or null.</param>
public sealed record Scene(
    Passage Passage, IReadOnlyList<Capability> Capabilities, Persona? Persona)
{
    /// <summary>Whether there is a text.</summary>
    public bool HasText => Passage.Facts.Count > 0;

    /// <summary>Whether there are tools.</summary>
    public bool HasTools => Capabilities.Count > 0;

    /// <summary>What to say where neither the text nor a tool helps.</summary>
    public (Skill Skill, string Answer) Refusal => (HasText, HasTools) switch
    {
        (true, false) => (Skill.Untold, Text("untold")),
        (true, true) => (Skill.Untold, Text("untold-no-tool")),
        (false, true) => (Skill.NoTool, Text("no-tool")),
        (false, false) => (Skill.Unknown, Text("unknown")),
    };

    /// <summary>
    /// Whether a question might be one for a tool: then it must not be asked of the text.
    /// </summary>
    public bool IsForTool(string question) => Capabilities.Any(capability =>
        capability.Special.Any
            || question.Contains(capability.Noun, StringComparison.OrdinalIgnoreCase));

    private static string Text(string name) => Phrases.Of(name).Train[0].Text;
}
