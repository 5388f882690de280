using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Requests;

/// <summary>How a template takes a turn with calls, as far as templates differ in it.</summary>
/// <param name="MaySpeak">Whether such a turn may also say something; else it is left out.</param>
/// <param name="ArgumentsAreText">
/// Whether arguments are given as JSON text, not as objects, since the template escapes what stands
/// around those for HTML (<c>tojson|safe</c>, as some of Mistral's).
/// </param>
internal sealed record CallShape(bool MaySpeak, bool ArgumentsAreText)
{
    private static readonly string[] s_escaped = ["&#34;", "&#39;", "&lt;", "&gt;", "&amp;"];

    /// <summary>As most templates take it.</summary>
    public static CallShape Usual { get; } = new(MaySpeak: true, ArgumentsAreText: false);

    /// <summary>The shape as a template shows it in conversations made for it.</summary>
    /// <param name="render">Null where the template refuses turns.</param>
    public static CallShape Of(Func<IReadOnlyList<Turn>, CallShape, string?> render)
    {
        var arguments = new Dictionary<string, object?> { ["what"] = "was given" };
        var call = new FunctionCallContent("1", "what_was_called", arguments);
        Turn[] turns =
        [
            new(Turn.User, "What was asked."),
            new(Turn.Assistant, "What was said.") { Calls = [call] },
            new(Turn.Tool, "What came of it.") { AnsweredCall = call.CallId },
        ];
        var silent = Usual with { MaySpeak = false };
        var shape = render(turns, Usual) is null && render(turns, silent) is not null
            ? silent
            : Usual;
        var asText = shape with { ArgumentsAreText = true };
        return Escapes(render(turns, shape)) && !Escapes(render(turns, asText)) ? asText : shape;
    }

    private static bool Escapes(string? text) =>
        text is null || s_escaped.Any(mark => text.Contains(mark, StringComparison.Ordinal));
}
