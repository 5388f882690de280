using System.Collections.Frozen;
using System.Reflection;

namespace SkPaged.TinyModel.Corpus;

/// <summary>The word lists of the corpus: each has a half for training and a held-out half.</summary>
public static class Lexicon
{
    private const string Divider = "--- held-out";

    private static readonly FrozenDictionary<string, WordList> Lists = Read();

    /// <summary>The names of all lists.</summary>
    public static IEnumerable<string> Names => Lists.Keys;

    /// <summary>The words of one list in one half.</summary>
    /// <exception cref="KeyNotFoundException">There is no such list.</exception>
    public static string[] Words(string list, Split split) =>
        split == Split.Train ? Lists[list].Train : Lists[list].HeldOut;

    /// <summary>Reads a text that is embedded in this assembly.</summary>
    internal static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>The names of the embedded texts that start with the prefix, in order.</summary>
    internal static IEnumerable<string> Resources(string prefix) =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static FrozenDictionary<string, WordList> Read() =>
        Resources("words/").ToFrozenDictionary(name => name["words/".Length..], ReadList);

    private static WordList ReadList(string name)
    {
        var halves = Resource(name).Split(Divider);
        return halves.Length == 2
            ? new WordList(Items(halves[0]), Items(halves[1]))
            : throw new InvalidOperationException($"{name} needs one line '{Divider}'.");
    }

    private static string[] Items(string text) =>
        [.. text.Replace('\n', ' ').Split(',').Select(item => item.Trim()).Where(item => item != "")];

    private sealed record WordList(string[] Train, string[] HeldOut);
}
