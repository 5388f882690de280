using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>Where the model's turns end in a rendered conversation.</summary>
/// <param name="Spellings">Of the tokens that end them.</param>
/// <param name="OfTexts">Whether the template puts one of them behind what was said.</param>
/// <param name="OfCalls">Whether it puts one of them behind calls.</param>
internal sealed record TurnEnds(ImmutableArray<string> Spellings, bool OfTexts, bool OfCalls)
{
    private const string Said = "What was said.";
    private const string Called = "what_was_called";
    private const string Next = "What came next.";

    private static readonly Turn s_asked = new(Turn.User, "What was asked.");

    /// <summary>The ends as a template shows them in conversations made for it.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="endTokens">What may end a turn.</param>
    /// <param name="render">Null where the template refuses turns.</param>
    public static TurnEnds Of(
        TextTokenizer tokenizer,
        IEnumerable<TokenId> endTokens,
        Func<IReadOnlyList<Turn>, string?> render)
    {
        ImmutableArray<string> spellings =
            [.. endTokens.Select(token => Spelling(tokenizer, token)).OfType<string>()];
        var call = new FunctionCallContent("1", Called);
        return new TurnEnds(
            spellings,
            Between(
                render([s_asked, new(Turn.Assistant, Said), new(Turn.User, Next)]),
                Said,
                spellings),
            Between(
                render(
                [
                    s_asked,
                    new(Turn.Assistant, "") { Calls = [call] },
                    new(Turn.Tool, Next) { AnsweredCall = call.CallId },
                ]),
                Called,
                spellings));
    }

    /// <summary>Where the turn that begins there ends; null where that is not known.</summary>
    public int? After(string text, int start, Turn turn) =>
        turn.Calls.Count > 0 ? OfCalls ? First(text, start, Spellings) : null
            : OfTexts ? First(text, start, Spellings)
            : null;

    /// <summary>Whether a text looks like the end of a turn itself.</summary>
    public bool AreIn(string text) =>
        Spellings.Any(end => text.Contains(end, StringComparison.Ordinal));

    private static bool Between(string? text, string first, ImmutableArray<string> spellings)
    {
        var at = text?.IndexOf(first, StringComparison.Ordinal) ?? -1;
        return at >= 0
            && First(text!, at, spellings) < text!.IndexOf(Next, at, StringComparison.Ordinal);
    }

    private static int? First(string text, int start, ImmutableArray<string> spellings) =>
        spellings.Select(end => text.IndexOf(end, start, StringComparison.Ordinal))
            .Where(at => at >= 0)
            .Select(at => (int?)at)
            .Min();

    // Only a text that is one token wherever it stands tells where a turn ends.
    private static string? Spelling(TextTokenizer tokenizer, TokenId token) =>
        tokenizer.TokenText(token) is { Length: > 0 } text
        && tokenizer.Encode($"a{text}a", addSpecialTokens: false).Contains(token)
            ? text
            : null;
}
