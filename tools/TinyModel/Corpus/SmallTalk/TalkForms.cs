using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes forms of small talk of others: "Are you a robot?" becomes "Tell me if you are a robot."
/// </summary>
public static partial class TalkForms
{
    private static readonly string[] Whether = [
        "[Tell|Please tell] me [if|whether] {0}.", "I [wonder|want to know|ask] [if|whether] {0}.",
        "{1}, [right|correct|yes|no|am I right|is that so]?",
        "Is it [true|correct|right] that {0}?",
        "[Can|Could|Would] you [tell me|say] [if|whether] {0}?", "So {0}?",
        "[They say|I heard|I think|I read] {0}. [Is that so|Is it true|Right]?",
        "[Would you say|Do you think] {0}?", "[Yes or no|Be honest|Seriously|Tell me]: {2}?"];

    private static readonly string[] Indirect = [
        "[Can|Could|Would] you [tell me|say|explain] {0}?", "I [wonder|forgot|want to know] {0}.",
        "I'd [like|love] to [know|hear] {0}.", "[Do you know|Do you happen to know] {0}?",
        "[Tell|Remind|Please tell] me {0}.", "May I [ask|know] {0}?", "[So|And|OK, but] {1}?",
        "[My question is|What I want to know is] {0}.", "{2}, [please|exactly|by the way|then]?"];

    /// <summary>What rules make of a form; nothing where none fits.</summary>
    public static IEnumerable<string> Of(string asked)
    {
        if (Closed().Match(asked) is { Success: true } closed)
        {
            var (verb, subject, rest) =
                (closed.Groups[1].Value, closed.Groups[2].Value, closed.Groups[3].Value);
            var claim = verb == "Do" ? $"{subject} {rest}"
                : $"{subject} {Letters.Small(verb)} {rest}";
            return Whether.Select(form => Derivation.Filled(form, claim, Letters.Capital(claim),
                Letters.Small(asked.TrimEnd('?'))));
        }
        var clause = Open().Match(asked) is { Success: true } open
            ? Clause(open.Groups[1].Value, open.Groups[2].Value, open.Groups[3].Value,
                open.Groups[4].Value)
            : Subject().IsMatch(asked) ? Letters.Small(asked.TrimEnd('?')) : null;
        return clause is null ? [] : Indirect.Select(form => Derivation.Filled(
            form, clause, Letters.Small(asked.TrimEnd('?')), asked.TrimEnd('?')));
    }

    // "Where do you run?" is "where you run", "Who are you?" "who you are".
    private static string Clause(string wh, string verb, string subject, string rest) =>
        Letters.Small(verb is "do" ? $"{wh} {subject}{rest}" : $"{wh} {subject} {verb}{rest}");

    [GeneratedRegex(@"^(Are|Do|Can|Is|Will) (you|this|it|I|my data) ([^?\[\]|.!]+)\?$")]
    private static partial Regex Closed();

    [GeneratedRegex(@"^(Wh[a-z]+(?: (?:kind|sort|type) of [a-z]+| [a-z]+)?|How(?: [a-z]+)?) "
        + @"(are|is|do|can|should|were) (you|I|this|your [a-z]+(?=\?))((?: [^?\[\]|.!,]+)?)\?$")]
    private static partial Regex Open();

    // "Who made you?"
    [GeneratedRegex(@"^Who (made|created|built|trained|developed|programmed|taught)"
        + @"[^?\[\]|.!]*\?$")]
    private static partial Regex Subject();
}
