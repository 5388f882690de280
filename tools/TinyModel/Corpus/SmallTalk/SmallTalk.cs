namespace SkPaged.TinyModel.Corpus;

/// <summary>Who the system prompt says that the model is.</summary>
/// <param name="Name">The name.</param>
/// <param name="Role">What it is, with its article: "the guide of the Blue Heron".</param>
public sealed record Persona(string Name, string Role);

/// <summary>Small talk, and what the model says of itself.</summary>
public static class SmallTalk
{
    private static readonly Subject[] Subjects = [.. Lexicon.Resources("small-talk/")
        .SelectMany(name =>
            Lexicon.Resource(name).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        .Select(block => ReadSubject(block.Trim().Split('\n')))];

    /// <summary>What one can say, one item for each subject.</summary>
    public static IEnumerable<Forms> Asked => Subjects.Select(subject => subject.Ask);

    /// <summary>Something to say, and the answer of a model that may have a persona.</summary>
    public static (string Text, string Answer) Any(Chooser c, Persona? persona)
    {
        var subject = c.Dice.Pick(Subjects);
        var text = c.Fill(subject.Ask, Slots.None);
        if (c.InTraining(0.3)) text = Decoration.Of(c, text);
        if (persona is null || !subject.AsPersona.Any) return (text, subject.Answer);
        var slots = Slots.Of(("name", persona.Name), ("role", persona.Role));
        return (text, subject.AsPersona.Train[0].Fill(c.Dice, slots));
    }

    private static Subject ReadSubject(string[] lines)
    {
        var parts =
            lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(p => p[0], p => p[1]);
        return new(
            Forms.Of(parts["ask"], parts["ask-"], SecondForms.OfTalk(lines[0].Trim('[', ']')),
                parts.GetValueOrDefault("ask+", "")).WithDerived(TalkForms.Of),
            parts["answer"], Forms.Of(parts.GetValueOrDefault("persona", "")));
    }

    private sealed record Subject(Forms Ask, string Answer, Forms AsPersona);
}
