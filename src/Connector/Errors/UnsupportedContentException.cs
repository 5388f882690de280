namespace SkPaged.Connector;

/// <summary>A message holds something that is not text, a tool call or a tool result.</summary>
/// <param name="kind">What it is: a media type, or the content's type.</param>
/// <param name="message">Which message, counted from 0.</param>
/// <param name="role">Whose message it is.</param>
public sealed class UnsupportedContentException(string kind, int message, string role)
    : ChatRequestException(
        $"Message {message} ({role}) holds {kind}; the model takes text, tool calls and tool "
        + "results only.")
{
    /// <summary>A media type, or the content's type.</summary>
    public string Kind { get; } = kind;
}
