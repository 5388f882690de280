using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// The forms that belong to no topic, by name. A line <c>name: form | form</c> holds forms for
/// training,
/// <c>name-: ...</c> those held out, <c>name+: ...</c> those that only training uses; <c>\n</c> is
/// a line break.
/// </summary>
public static class Phrases
{
    private static readonly FrozenDictionary<string, Forms> All = Lexicon.Resources("phrases/")
        .SelectMany(name =>
            Lexicon.Resource(name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(line => line.Split(": ", 2))
        .GroupBy(parts => parts[0].TrimEnd('-', '+'))
        .ToFrozenDictionary(
            group => group.Key,
            group => Forms.Of(
                Lines(group, ""), Lines(group, "-"), SecondForms.OfPhrase(group.Key),
                Lines(group, "+")));

    /// <summary>The forms of a name.</summary>
    /// <exception cref="KeyNotFoundException">No file has such a name.</exception>
    public static Forms Of(string name) => All[name];

    /// <summary>The names that start with a prefix, in order.</summary>
    public static string[] Names(string prefix) =>
        [.. All.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static string Lines(IGrouping<string, string[]> group, string mark) =>
        string.Join(" | ", group
        .Where(parts => parts[0] == group.Key + mark)
        .Select(parts => parts[1].Replace("\\n", "\n")));
}
