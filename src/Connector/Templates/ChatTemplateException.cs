namespace SkPaged.Connector.Templates;

/// <summary>
/// A chat template that cannot be compiled or rendered: a syntax error, an unknown construct, a
/// failing expression, an exceeded limit, or the template's own <c>raise_exception(...)</c>.
/// </summary>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(string what, Position at)
        : this(at == default ? what : $"{what} (line {at.Line}, column {at.Column})", at, null)
    {
    }

    internal ChatTemplateException(string message, Position at, Exception? inner)
        : base(message, inner) => (Line, Column) = (at.Line, at.Column);

    /// <summary>
    /// The line of the fault in the template, from 1; 0 when no one place is to blame.
    /// </summary>
    public int Line { get; }

    /// <summary>
    /// The column of the fault, in UTF-16 units from 1; 0 when no one place is to blame.
    /// </summary>
    public int Column { get; }
}
