using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes forms of forms by the rules of grammar: "When does {s} open?" becomes "when {s} opens",
/// that becomes "{s} opens when?". Where a rule does not fit it makes nothing.
/// </summary>
public static partial class Derivation
{
    private static readonly string[] Echoes =
        ["{0} {1}?", "So {0} {1}?", "{0} {1}, please?",
            "[And|OK,|Sorry,] {0} {1} [exactly|again]?"];

    private static readonly string[] Clefts = [
        "{0} is it that {1}?", "{0} was it again that {1}?",
        "[And|So|Well,] {2} is it that {1}?", "Is it known {2} it is that {1}?"];

    private static readonly string[] Asides = [
        "{0} [do you think|would you say|did they say|would you guess] {1}?",
        "{0}, [please|then|may I ask|if you know], is it that {1}?"];

    /// <summary>Indirect questions of direct ones: "where {s} lives".</summary>
    public static IEnumerable<string> Indirect(IEnumerable<string> asked) =>
        asked.Select(Indirect).OfType<string>().Distinct();

    /// <summary>Direct questions of indirect ones.</summary>
    public static IEnumerable<string> Direct(IEnumerable<string> known) =>
        known.SelectMany(Direct).Distinct();

    private static string? Indirect(string asked)
    {
        if (Being().Match(asked) is { Success: true } being)
            return Letters.Small($"{being.Groups["wh"]} {being.Groups["subject"]} "
                + $"{being.Groups["verb"]}{being.Groups["rest"]}").TrimEnd();
        if (BeingOf().Match(asked) is { Success: true } of)
            return Letters.Small($"{of.Groups["wh"]} {of.Groups["subject"]} {of.Groups["verb"]}");
        if (Doing().Match(asked) is { Success: true } doing)
            return Letters.Small($"{doing.Groups["wh"]} {doing.Groups["subject"]} "
                + $"{Third(doing.Groups["verb"].Value)}{doing.Groups["rest"]}");
        return Subject().Match(asked) is { Success: true } subject
            ? Letters.Small(subject.Groups["all"].Value) : null;
    }

    private static IEnumerable<string> Direct(string known)
    {
        if (Known().Match(known) is not { Success: true } match) return [];
        var (wh, rest) = (match.Groups["wh"].Value, match.Groups["rest"].Value);
        return Echoes.Select(echo => Filled(echo, rest, wh))
            .Concat((wh.StartsWith("how", StringComparison.Ordinal) ? [] : Clefts).Concat(Asides)
                .Select(form => Filled(form, Letters.Capital(wh), rest, wh)));
    }

    private static string Third(string verb) => verb switch
    {
        "have" => "has",
        "{n}" => "{ns}",
        _ => Inflection.ThirdPerson(verb),
    };

    /// <summary>The pattern with the parts for <c>{0}</c>, <c>{1}</c> and so on.</summary>
    internal static string Filled(string pattern, params string[] parts)
    {
        for (var i = 0; i < parts.Length; i++) pattern = pattern.Replace($"{{{i}}}", parts[i]);
        return pattern;
    }

    private const string Asked = @"^(?<wh>(?:What|When|Where|Whom?|How|Which|Whose|At|In|On|From|"
        + @"By|Until|With|To|For|Since)\b[\w {}]*?)";

    private const string End = @"(?<rest>(?: [^?{}\[\]]+)?)\?$";

    // "Where is {s} located?", "What is {s}'s job?"
    [GeneratedRegex(Asked + @" (?<verb>is|was|can|will|would|should|must|may|has|had|might) "
        + @"(?<subject>\{s\}(?:'s [a-z ]+)?)" + End)]
    private static partial Regex Being();

    // "What is the price of {s}?"
    [GeneratedRegex(@"^(?<wh>What|When|Where) (?<verb>is|was) (?<subject>the [^?{}\[\]]+ "
        + @"(?:of|for|at|in) \{s\})\?$")]
    private static partial Regex BeingOf();

    // "When does {s} open in the morning?", "When does {s}'s shift end?"
    [GeneratedRegex(Asked + @" does (?<subject>\{s\}(?:'s \w+)?) (?!not\b)"
        + @"(?<verb>[a-z]+|\{n\})" + End)]
    private static partial Regex Doing();

    // "Who owns {s}?"
    [GeneratedRegex(@"^(?<all>(?:Who|Which person) (?!do|did)[a-z {}]*\{s\}[^?{}\[\],]*)\?$")]
    private static partial Regex Subject();

    [GeneratedRegex(@"^(?<wh>when|where|what|how [a-z]+|what [a-z]+|which [a-z]+|"
        + @"how many \{n\}s|(?:at|in|on|from|by|for|until|to|with) (?:what|which|when|whom)"
        + @"(?: [a-z]+)?) (?<rest>\{s\} [^\[\]]+)$")]
    private static partial Regex Known();
}
