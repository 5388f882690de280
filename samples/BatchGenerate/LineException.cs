namespace SkPaged.BatchGenerate;

/// <summary>A line that cannot be run; the other lines are.</summary>
/// <param name="type">A word for programs, such as "invalid_json".</param>
/// <param name="message">A sentence for people: the thing and the limit.</param>
internal sealed class LineException(string type, string message) : Exception(message)
{
    public string Type { get; } = type;
}
