namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// One thing that a passage can tell about a subject, with all ways to state it and to ask for it.
/// Slots: <c>{s}</c> the subject, <c>{v}</c> the value, <c>{n}</c> a word of <see
/// cref="WordList"/>.
/// </summary>
public sealed record Topic
{
    /// <summary>The name of the topic.</summary>
    public required string Key { get; init; }

    /// <summary>The kind of entity that the topic is about, or "any".</summary>
    public required string Subject { get; init; }

    /// <summary>The kind of the value; may be a kind of entity.</summary>
    public required string Value { get; init; }

    /// <summary>
    /// The list from which <c>{n}</c> comes: the topic is then one for each word.
    /// </summary>
    public string? WordList { get; init; }

    /// <summary>The one sentence that answers.</summary>
    public required Form Answer { get; init; }

    /// <summary>What follows the subject: "opens at {v}".</summary>
    public Forms Says { get; init; } = Forms.None;

    /// <summary>Whole sentences.</summary>
    public Forms Tells { get; init; } = Forms.None;

    /// <summary>What stands beside the subject, between commas.</summary>
    public Forms Apposition { get; init; } = Forms.None;

    /// <summary>Questions for the value.</summary>
    public Forms Ask { get; init; } = Forms.None;

    /// <summary>Questions for the value that name no subject: "When do you open?"</summary>
    public Forms You { get; init; } = Forms.None;

    /// <summary>Indirect questions for the value: "when {s} opens".</summary>
    public Forms Know { get; init; } = Forms.None;

    /// <summary>Questions for the subject.</summary>
    public Forms Who { get; init; } = Forms.None;

    /// <summary>Indirect questions for the subject.</summary>
    public Forms KnowWho { get; init; } = Forms.None;

    /// <summary>Questions for yes or no.</summary>
    public Forms Check { get; init; } = Forms.None;

    /// <summary>
    /// What the value is to the subject: "the opening time of {s}". Training alone asks by it.
    /// </summary>
    public Forms Noun { get; init; } = Forms.None;
}
