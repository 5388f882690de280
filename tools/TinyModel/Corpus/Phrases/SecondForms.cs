using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// The second held-out set: forms of requests alone, written after the first set and in other
/// words, never to be used in training. A file holds lines <c>name: form | form</c>, in topics and
/// small talk below the heading <c>[key]</c> of what they belong to.
/// </summary>
public static class SecondForms
{
    private static readonly FrozenDictionary<(string, string, string), string> All =
        Lexicon.Resources("second/")
            .SelectMany(name => Read(name["second/".Length..], Lexicon.Resource(name)))
            .ToFrozenDictionary(line => (line.File, line.Key, line.Name), line => line.List);

    /// <summary>The forms of a part of a topic; "" where there are none.</summary>
    public static string OfTopic(string key, string part) => Of("topics", key, part);

    /// <summary>The forms of a phrase that belongs to no topic; "" where there are none.</summary>
    public static string OfPhrase(string name) => Of("phrases", "", name);

    /// <summary>What one can say of a subject of small talk.</summary>
    public static string OfTalk(string key) => Of("talk", key, "ask");

    /// <summary>What the set has forms for: file, key and name.</summary>
    public static IEnumerable<(string File, string Key, string Name)> Names => All.Keys;

    private static string Of(string file, string key, string name) =>
        All.GetValueOrDefault((file, key, name), "");

    private static IEnumerable<(string File, string Key, string Name, string List)> Read(
        string file, string text)
    {
        var key = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line is ['[', .. var inside, ']']) key = inside;
            else if (line.Split(": ", 2) is [var name, var list])
                yield return (file, key, name, list.Replace("\\n", "\n"));
            else throw new FormatException($"This is neither a heading nor a list: {line}");
        }
    }
}
