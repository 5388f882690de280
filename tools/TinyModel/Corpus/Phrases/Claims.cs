using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes statements and questions of what can follow a subject ("opens at {v}") and of what the
/// value is to it ("the opening time of {s}").
/// </summary>
public static partial class Claims
{
    private static readonly string[] Confirmed = [
        "{s} {0}, [right|correct|yes|no|is that right|is that so|am I right|isn't it so]?",
        "Is it [true|correct|right|so|a fact] that {s} {0}?",
        "[Can|Could] you [confirm|say for sure] that {s} {0}?",
        "[I heard|They say|Somebody said|I read|I think|I believe] that {s} {0}. "
            + "[Is that so|Is that right|Is it true|Right|Correct]?",
        "So {s} {0}?", "{s} {0}, [doesn't it|or not|or does it]?",
        "[True or false|Yes or no]: {s} {0}?", "Would you say that {s} {0}?",
        "[Am I right|Is it right to say|Do I understand] that {s} {0}?",
        "Does the text say that {s} {0}?", "[Tell me|Say] [if|whether] {s} {0}."];

    private static readonly string[] Wanted = [
        "[And|So|Well,] {w} {0}?", "{W} is it that {0}?", "Which of them {0}?",
        "Which one {0}?", "Tell me {w} {0}.", "{W} was it again that {0}?",
        "[Name|Find|Tell me] the one that {0}.", "I am looking for the one that {0}.",
        "Is there one that {0}, and which?", "{W} [do you think|would you say] {0}?"];

    private static readonly string[] Fronted = [
        "{0} {1}, {s} {2}.", "It is {0} {1} that {s} {2}.", "{0} {1} {s} {2}.",
        "[Remember|Note|Note this]: {0} {1} {s} {2}.",
        "It is known that {0} {1} {s} {2}."];

    // What can be said of any value, also of "in the hall".
    private static readonly string[] Named = [
        "{K} is [now|still|currently|officially|in fact|of course|as always|this time] {v}.",
        "{K}: {v}.", "As for {k}, it is {v}.", "{K} has [always|long|so far] been {v}.",
        "You [asked|may ask] for {k}: it is {v}.", "[Note|Remember|Do not forget] {k}: {v}.",
        "{K} – {v}.", "{K} = {v}.", "{K} is [said|known|thought|believed|meant] to be {v}.",
        "{K}, [as everybody knows|we hear|they say|for what it is worth], is {v}.",
        "{K} [turned out to be|proved to be|remains|stays|will be|used to be and still is] {v}.",
        "[In the list|On the sheet|In our notes|In the book|On the sign|In the file], {k} is {v}.",
        "[It says here|We were told|The sign says|It is written|I can tell you] that {k} is {v}.",
        "What about {k}? It is {v}.", "If you wonder about {k}, it is {v}.",
        "[Concerning|Regarding|As to|When it comes to] {k}, [we have|note|it is] {v}.",
        "[Asked about|Looking for] {k}, [one finds|people say|we say]: {v}.",
        "{K}, that is {v}.", "{K} [reads|says]: {v}."];

    private static readonly string[] NamedByValue = [
        "{v} is {k}.", "{v}: that is {k}.", "{v}, that is {k}.", "{v} [is now|was and is] {k}.",
        "It is {v} that is {k}.", "We have {v} as {k}.", "[They chose|We took] {v} as {k}."];

    /// <summary>Questions for yes or no.</summary>
    public static IEnumerable<string> Checks(IEnumerable<string> says) =>
        from said in says.Where(Plain) from form in Confirmed select Derivation.Filled(form, said);

    /// <summary>Questions for the subject.</summary>
    public static IEnumerable<string> Whos(IEnumerable<string> says, string who) =>
        from said in says.Where(Plain)
        from form in Wanted
        select Derivation.Filled(form, said)
            .Replace("{w}", who).Replace("{W}", Letters.Capital(who));

    /// <summary>Indirect questions for the subject.</summary>
    public static IEnumerable<string> KnowWhos(IEnumerable<string> says, string who) =>
        says.Where(Plain).Select(said => $"{who} {said}");

    /// <summary>Whole sentences that begin with the value: "At {v} {s} opens."</summary>
    public static IEnumerable<string> Inverted(IEnumerable<string> says) =>
        from match in says.Select(said => Ending().Match(said)).Where(match => match.Success)
        from form in Fronted
        select Letters.Capital(Derivation.Filled(form, form[0] == '{'
            ? Letters.Capital(match.Groups["at"].Value) : match.Groups["at"].Value,
            "{v}", match.Groups["verb"].Value));

    /// <summary>Whole sentences of what the value is to the subject.</summary>
    /// <param name="nouns">"the opening time of {s}"</param>
    /// <param name="byValue">Whether the value can be the subject of a sentence.</param>
    public static IEnumerable<string> OfNouns(IEnumerable<string> nouns, bool byValue) =>
        from noun in nouns
        from form in byValue ? [.. Named, .. NamedByValue] : Named
        select form.Replace("{k}", noun).Replace("{K}", Letters.Capital(noun));

    // What names the value once, so that a question for it is one.
    private static bool Plain(string said) => said.Split("{v}").Length == 2;

    // "opens at {v}", "is open from {v}"
    [GeneratedRegex(@"^(?<verb>[a-z][^\[\]{},:]*) "
        + @"(?<at>at|on|in|from|until|by|for|with|to|as) \{v\}$")]
    private static partial Regex Ending();
}
