namespace SkPaged.Connector.Templates;

/// <summary>
/// A failure inside a render, thrown where it is found and located by the expression it passes
/// through; <see cref="ChatTemplate.Render"/> turns it into a <see cref="ChatTemplateException"/>.
/// </summary>
internal sealed class TemplateFault(string message, bool raised = false) : Exception(message)
{
    /// <summary>
    /// Whether the template itself raised this: then its message is passed on unchanged.
    /// </summary>
    public bool Raised { get; } = raised;

    public Position At { get; private set; }

    /// <summary>
    /// The fault of a value that does not fit; an undefined one says instead what is undefined.
    /// </summary>
    public static TemplateFault On(Value value, string otherwise) =>
        value is Value.Undefined undefined ? undefined.Fault() : new(otherwise);

    /// <summary>
    /// Notes the innermost place. Always false: it stands in exception filters, which run before
    /// the stack unwinds, so that no expression needs to catch and rethrow.
    /// </summary>
    public bool NotePlace(Position at)
    {
        if (At == default)
            At = at;
        return false;
    }

    public ChatTemplateException ToException() =>
        Raised ? new(Message, At, this) : new(Message, At);
}
