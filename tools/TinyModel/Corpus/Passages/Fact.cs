namespace SkPaged.TinyModel.Corpus;

/// <summary>One thing that a passage tells: the topic's value for the subject.</summary>
/// <param name="Topic">What is told.</param>
/// <param name="Word">The topic's own word, where it has a list, else "".</param>
/// <param name="Subject">Of whom it is told.</param>
/// <param name="Value">The value as it stands inside a sentence.</param>
public sealed record Fact(Topic Topic, string Word, Entity Subject, string Value)
{
    /// <summary>The slots of the topic's forms, with a way to refer to the subject and the value.</summary>
    public Slots Slots(string subject, string value) =>
        Corpus.Slots.Of(
            [("s", subject), ("v", value), ("bare", Subject.Bare), .. Inflection.Of(Topic.WordList, Word)]);

    /// <summary>The sentence that answers, with a way to refer to the subject.</summary>
    public string Answer(Dice dice, string subject, string? value = null) =>
        Topic.Answer.Fill(dice, Slots(subject, value ?? Value));

    /// <summary>Whether two facts tell the same thing of perhaps different subjects.</summary>
    public bool SameTopic(Topic topic, string word) => Topic == topic && Word == word;
}

/// <summary>The forms of a topic's own word.</summary>
public static class Inflection
{
    /// <summary>The slots that a word of a list fills.</summary>
    public static (string Name, string Text)[] Of(string? list, string word) => list switch
    {
        null => [],
        "verbs" or "phrasal-verbs" => [("n", word), ("ns", ThirdPerson(word))],
        "past-verbs" => word.Split(' ') is [var verb, var past, var done]
            ? [("n", verb), ("past", past), ("done", done)]
            : throw new FormatException($"A past verb needs three forms: {word}"),
        _ => [("n", word)],
    };

    /// <summary>The third person of a verb: "carry" becomes "carries", "look after" "looks after".</summary>
    public static string ThirdPerson(string verb)
    {
        var parts = verb.Split(' ', 2);
        var head = parts[0] switch
        {
            [.., 'a' or 'e' or 'i' or 'o' or 'u', 'y'] => parts[0] + "s",
            [.. var stem, 'y'] => stem + "ies",
            [.., 's' or 'x' or 'z' or 'o'] or [.., 'c' or 's', 'h'] => parts[0] + "es",
            _ => parts[0] + "s",
        };
        return parts.Length == 1 ? head : $"{head} {parts[1]}";
    }
}
