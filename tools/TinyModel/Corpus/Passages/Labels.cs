using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>What a list calls the values of a topic: "opening time".</summary>
public static partial class Labels
{
    private const string Subject = "§";

    /// <summary>
    /// A label for the fact's topic, from an indirect question like "the opening time of {s}", or
    /// null where none reads so.
    /// </summary>
    public static string? Of(Chooser c, Fact fact)
    {
        var slots = fact.Slots(Subject, "");
        var labels = fact.Topic.Know.Train.Concat(fact.Topic.Noun.Practice)
            .Select(form => OfSubject().Match(form.Fill(c.Dice, slots)))
            .Where(match => match.Success).Select(match => match.Groups[1].Value).ToList();
        return labels.Count == 0 ? null : c.Dice.Pick(labels);
    }

    [GeneratedRegex($"^the (.+) (?:of|for|at|in) {Subject}$")]
    private static partial Regex OfSubject();
}
