namespace SkPaged.Connector.Reasoning;

/// <summary>Whether an answer begins with what the model thinks.</summary>
internal enum ReasoningStart
{
    /// <summary>It does not, whatever it looks like.</summary>
    Never,

    /// <summary>It does if it begins with <c>&lt;think&gt;</c>.</summary>
    IfMarked,

    /// <summary>The mark stands in the prompt already.</summary>
    Begun,
}
