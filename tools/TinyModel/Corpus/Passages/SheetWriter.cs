namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Tells facts in other shapes than a sentence each: cards of one subject, tables of one topic,
/// questions with answers, two subjects in one sentence. Only training has them: the more ways it
/// has seen a thing stated, the less a new one looks like nothing being said.
/// </summary>
/// <param name="c">Makes the choices.</param>
/// <param name="facts">The facts to take from; what is taken is removed.</param>
public sealed class SheetWriter(Chooser c, List<Fact> facts)
{
    private const int MostQuestions = 5;

    /// <summary>Blocks for some of the facts, often none.</summary>
    public List<Block> Write()
    {
        var blocks = new List<Block>();
        if (c.InTraining(0.15)) blocks.AddRange(Tables());
        if (c.InTraining(0.15)) blocks.AddRange(Cards());
        if (c.InTraining(0.15)) blocks.AddRange(Questions());
        if (c.InTraining(0.3)) blocks.AddRange(Contrasts());
        if (c.InTraining(0.25)) blocks.AddRange(Pairs());
        return blocks;
    }

    // "Opening time: Mira 9:00, Zorv 10:00"
    private IEnumerable<Block> Tables()
    {
        foreach (var told in Repeated(3))
        {
            if (c.Chance(0.4) || Labels.Of(c, told[0]) is not { } label) continue;
            facts.RemoveAll(told.Contains);
            yield return new(null, [TableText(told, label)], told);
        }
    }

    private string TableText(List<Fact> told, string label)
    {
        var title = Letters.Capital(label);
        return c.Dice.Below(4) switch
        {
            0 => $"| {c.Dice.OneOf("Name", "What", "", "Who")} | {title} |\n| --- | --- |\n"
                + string.Join('\n', told.Select(fact => $"| {Named(fact)} | {fact.Value} |")),
            1 => $"{title}:\n" + string.Join('\n', told
                .Select(fact => $"{Named(fact)}: {fact.Value}")),
            2 => $"{title}: " + string.Join("; ", told
                .Select(fact => $"{fact.Subject.Name} {fact.Value}")) + ".",
            _ => $"{title}: " + string.Join(", ", told
                .Select(fact => $"{fact.Subject.Name} ({fact.Value})")) + ".",
        };
    }

    // All that has a label of one subject.
    private IEnumerable<Block> Cards()
    {
        foreach (var group in facts.GroupBy(fact => fact.Subject).ToList())
        {
            var told = group.Select(fact => (Fact: fact, Label: Labels.Of(c, fact)))
                .Where(pair => pair.Label is not null).ToList();
            if (told.Count < 2 || told.DistinctBy(pair => pair.Label).Count() < told.Count
                || c.Chance(0.4)) continue;
            facts.RemoveAll(fact => told.Any(pair => pair.Fact == fact));
            var text = CardText(group.Key,
                [.. told.Select(pair => (pair.Label!, pair.Fact.Value))]);
            string[] lines = group.Key.Introduction is { } introduction
                ? [introduction, text] : [text];
            yield return new(group.Key, [.. lines], [.. told.Select(pair => pair.Fact)]);
        }
    }

    private string CardText(Entity subject, (string Label, string Value)[] told)
    {
        var name = Letters.Capital(subject.Name);
        var mark = c.Dice.OneOf(": ", ": ", " ", " = ", " - ");
        var items = told.Select(pair => $"{pair.Label}{mark}{pair.Value}");
        return c.Dice.Below(4) switch
        {
            0 => $"{name}{c.Dice.OneOf(" – ", ": ", " - ", ", ")}{string.Join("; ", items)}.",
            1 => $"{name} ({string.Join(", ", items)}).",
            2 => $"{name}\n{string.Join('\n', items.Select(Letters.Capital))}",
            _ => $"{name}:\n{string.Join('\n', items.Select(item => "- " + item))}",
        };
    }

    // "When does the cafe open? 9:00."
    private List<Block> Questions()
    {
        var told = Plain().Where(fact => fact.Topic.Ask.Any).ToList();
        c.Dice.Shuffle(told);
        told = [.. told.Take(c.Dice.Between(1, MostQuestions))];
        if (told.Count == 0) return [];
        facts.RemoveAll(told.Contains);
        var (ask, answer) = c.Dice.OneOf(("", " "), ("", " "), ("", "\n"), ("Q: ", "\nA: "),
            ("Question: ", "\nAnswer: "), ("", " – "), ("* ", " "),
            ($"{EntityMaker.PersonName(c)}: ", $"\n{EntityMaker.PersonName(c)}: "));
        var whole = c.Chance(0.35);
        var lines = told.Select(fact => ask
            + Letters.Capital(c.Fill(fact.Topic.Ask, fact.Slots(fact.Subject.Name, "")))
            + answer + (whole
                ? Letters.Capital(fact.Answer(c.Dice, fact.Subject.Name)) : $"{fact.Value}."));
        return [new(null, [.. lines], told)];
    }

    // "The cafe opens at 9:00, but the bar opens at 10:00."
    private IEnumerable<Block> Contrasts()
    {
        foreach (var told in Repeated(2).Where(told => told[0].Topic.Says.Any))
        {
            for (var i = 0; i + 1 < told.Count; i += 2)
            {
                if (c.Chance(0.4)) continue;
                Fact[] pair = [told[i], told[i + 1]];
                facts.RemoveAll(pair.Contains);
                var joint = c.Dice.OneOf(
                    ", but ", ", while ", " and ", "; ", ", whereas ", ", and ");
                yield return new(null, [Letters.Capital($"{Said(pair[0])}{joint}{Said(pair[1])}.")],
                    pair);
            }
        }
    }

    // "While Mira lives in Zorv, the cafe opens at 9:00."
    private IEnumerable<Block> Pairs()
    {
        var plain = Plain().Where(fact => fact.Topic.Says.Any).ToList();
        c.Dice.Shuffle(plain);
        var limit = c.Dice.Between(1, 3);
        for (var i = 0; i + 1 < plain.Count && i < 2 * limit; i += 2)
        {
            var (one, two) = (plain[i], plain[i + 1]);
            if (one.Subject == two.Subject) continue;
            facts.Remove(one);
            facts.Remove(two);
            var text = c.Fill(Phrases.Of("pair"), Slots.Of(("a", Said(one)), ("b", Said(two))));
            yield return new(null, [Letters.Capital(text)], [one, two]);
        }
    }

    private string Said(Fact fact) =>
        $"{fact.Subject.Name} {c.Fill(fact.Topic.Says, fact.Slots("", fact.Value))}";

    private static string Named(Fact fact) => Letters.Capital(fact.Subject.Name);

    // The facts of each topic that is told of so many subjects.
    private List<List<Fact>> Repeated(int least) =>
        [.. Plain().GroupBy(fact => (fact.Topic, fact.Word)).Select(group => group.ToList())
            .Where(told => told.Count >= least)];

    // A subject with an introduction needs the sentence that begins with it.
    private IEnumerable<Fact> Plain() => facts.Where(fact => fact.Subject.Introduction is null);
}
