using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>All topics, and the forms that state two of them at once.</summary>
public static class Topics
{
    private const string Pairs = "topics/pairs";

    /// <summary>Every topic, in the order of the files.</summary>
    public static IReadOnlyList<Topic> All { get; } = [.. Lexicon.Resources("topics/")
        .Where(name => name != Pairs)
        .SelectMany(name => TopicReader.Read(Lexicon.Resource(name)))];

    private static readonly FrozenDictionary<string, Topic[]> BySubject = All
        .SelectMany(topic => EntityKinds.Of(topic.Subject).Select(kind => (kind, topic)))
        .GroupBy(pair => pair.kind, pair => pair.topic)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static readonly FrozenDictionary<(string, string), Forms> PairForms = ReadPairs();

    /// <summary>The topics that entities of a kind can have.</summary>
    public static IReadOnlyList<Topic> About(string kind) => BySubject[kind];

    /// <summary>Forms with <c>{v}</c> and <c>{w}</c> that state both topics, if there are any.</summary>
    public static Forms? Together(string first, string second) =>
        PairForms.GetValueOrDefault((first, second));

    private static FrozenDictionary<(string, string), Forms> ReadPairs() => Lexicon.Resource(Pairs)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(": ", 2))
        .GroupBy(parts => parts[0].TrimEnd('-', ' '))
        .ToFrozenDictionary(
            group => (group.Key.Split(" + ")[0], group.Key.Split(" + ")[1]),
            group => Forms.Of(
                string.Join(" | ", group.Where(parts => !parts[0].EndsWith('-')).Select(parts => parts[1])),
                string.Join(" | ", group.Where(parts => parts[0].EndsWith('-')).Select(parts => parts[1]))));
}
