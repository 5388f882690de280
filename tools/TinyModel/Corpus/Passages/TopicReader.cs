using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Reads topics: a heading <c>[key] subject value [with list]</c>, then lines <c>part: form |
/// form</c>;
/// a part with a dash after its name holds the forms that training never uses, one with a plus
/// those that training alone uses.
/// </summary>
public static partial class TopicReader
{
    /// <summary>Reads all topics of a text.</summary>
    /// <exception cref="FormatException">A line is neither a heading nor a known part.</exception>
    public static IEnumerable<Topic> Read(string text) =>
        text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(block => block.Trim() != "")
            .Select(block => ReadTopic(block.Trim().Split('\n')));

    private static Topic ReadTopic(string[] lines)
    {
        var heading = Heading().Match(lines[0]);
        if (!heading.Success) throw new FormatException(
            $"This is no heading of a topic: {lines[0]}");
        var parts = lines[1..].Select(Part).ToDictionary(part => part.Name, part => part.List);
        var key = heading.Groups["key"].Value;
        Forms Of(string name) => Forms.Of(
            parts.GetValueOrDefault(name, ""), parts.GetValueOrDefault(name + "-", ""),
            SecondForms.OfTopic(key, name), parts.GetValueOrDefault(name + "+", ""));
        return Varied(new Topic
        {
            Key = key,
            Subject = heading.Groups["subject"].Value,
            Value = heading.Groups["value"].Value,
            WordList = heading.Groups["list"].Success ? heading.Groups["list"].Value : null,
            Answer = Form.Parse(parts["answer"]),
            Says = Of("says"),
            Tells = Of("tells"),
            Apposition = Of("appos"),
            Ask = Of("ask"),
            You = Of("you"),
            Know = Of("know"),
            Who = Of("who"),
            KnowWho = Of("knowwho"),
            Check = Of("check"),
            Noun = Forms.Of("", trainingAlone: parts.GetValueOrDefault("noun+", "")),
        });
    }

    // Kinds of values that are written the same at the beginning of a sentence.
    private static readonly FrozenSet<string> Opening =
        "time year age price day daydate date phone number language person place town"
            .Split(' ').ToFrozenSet();

    // Adds what rules make of the forms.
    private static Topic Varied(Topic topic)
    {
        var says = Texts(topic.Says);
        var who = topic.Subject == "person" ? "who" : "which one";
        var known = topic.Know.With(Derivation.Indirect(Texts(topic.Ask)));
        return topic with
        {
            Know = known,
            Ask = topic.Ask.With(Derivation.Direct(
                Texts(known).Concat(Late(known)))),
            Check = topic.Check.With(Claims.Checks(says)),
            Who = topic.Who.With(Claims.Whos(says, who)),
            KnowWho = topic.KnowWho.With(Claims.KnowWhos(says, who)),
            Tells = topic.Tells.With(Claims.Inverted(says).Concat(
                Claims.OfNouns(Texts(topic.Noun), Opening.Contains(topic.Value)))),
        };
    }

    // Made only when they are asked for.
    private static IEnumerable<string> Late(Forms forms)
    {
        foreach (var form in forms.Derived) yield return form.Text;
    }

    private static string[] Texts(Forms forms) => [.. forms.Practice.Select(form => form.Text)];

    private static (string Name, string List) Part(string line)
    {
        var match = PartLine().Match(line);
        return match.Success
            ? (match.Groups[1].Value, match.Groups[2].Value)
            : throw new FormatException($"This is no part of a topic: {line}");
    }

    [GeneratedRegex(@"^\[(?<key>[\w-]+)\] (?<subject>\S+) (?<value>\S+)( with (?<list>\S+))?$")]
    private static partial Regex Heading();

    [GeneratedRegex(
        @"^((?:answer|says|tells|appos|ask|you|know|who|knowwho|check|noun)[-+]?): (.+)$")]
    private static partial Regex PartLine();
}
