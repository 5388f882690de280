namespace SkPaged.TinyModel.Corpus;

/// <summary>Writes a passage: sentences, their order, and how they stand on the page.</summary>
public sealed class PassageWriter
{
    private const int ListLength = 3;

    private readonly Chooser c;
    private readonly SentenceWriter sentences;

    private PassageWriter(Chooser c) => (this.c, sentences) = (c, new SentenceWriter(c));

    /// <summary>Plans and writes a passage of about so many facts.</summary>
    public static Passage Write(Chooser c, int facts)
    {
        var (entities, planned) = PassagePlanner.Plan(c, facts);
        var writer = new PassageWriter(c);
        var blocks = writer.Blocks(planned);
        c.Dice.Shuffle(blocks);
        return new Passage(
            entities, [.. blocks.SelectMany(block => block.Facts)], Layout.Arrange(c, blocks));
    }

    private List<Block> Blocks(IReadOnlyList<Fact> planned)
    {
        var rest = planned.ToList();
        var lists = Lists(rest);
        var sheets = new SheetWriter(c, rest).Write();
        var blocks = c.Chance(0.3) ? Mixed(rest) : Grouped(rest);
        foreach (var (told, text) in lists)
        {
            blocks.Add(new Block(null, [text], told));
        }
        blocks.AddRange(sheets);
        AddFillers(blocks);
        return blocks;
    }

    // One block for each subject: only here a pronoun has an obvious owner.
    private List<Block> Grouped(IReadOnlyList<Fact> facts)
    {
        var groups = facts.GroupBy(fact => fact.Subject)
            .Select(group => (Subject: group.Key, Facts: group.ToList())).ToList();
        var guests = Guests.Of(c, groups);
        return [.. groups.Where(group => group.Facts.Count > 0)
            .Select(group => Group(group.Subject, group.Facts, guests.GetValueOrDefault(
                group.Subject)))];
    }

    private Block Group(Entity subject, List<Fact> facts, Fact? guest)
    {
        var (lines, told) = (new List<string>(), new List<Fact>());
        sentences.Begin(subject);
        if (subject.Introduction is { } introduction)
            lines.Add(Introduced(introduction, facts, told));
        if (guest is not null) told.Add(guest);
        var guestAt = guest is null ? 0 : c.Dice.Between(0, facts.Count);
        for (var i = 0; i < facts.Count; i++)
        {
            if (guest is not null && i >= guestAt && lines.Count > 0)
            {
                lines.Add(Visit(guest, subject));
                guest = null;
            }
            if (i + 2 < facts.Count && c.InTraining(0.08))
            {
                lines.Add(sentences.Three(facts[i], facts[++i], facts[++i]));
                continue;
            }
            if (i + 1 == facts.Count || !c.Chance(0.35))
            {
                lines.Add(sentences.One(facts[i]));
                continue;
            }
            // Some pairs have forms of their own, in one order: "from 8 to 5".
            if (Topics.Together(facts[i + 1].Topic.Key, facts[i].Topic.Key) is not null)
                (facts[i], facts[i + 1]) = (facts[i + 1], facts[i]);
            lines.Add(sentences.Two(facts[i], facts[++i]));
        }
        if (guest is not null) lines.Add(Visit(guest, subject));
        return new Block(subject, lines, [.. told, .. facts]);
    }

    // "Mira runs the cafe." between two sentences about the cafe.
    private string Visit(Fact guest, Entity host)
    {
        sentences.Begin(guest.Subject);
        var line = sentences.One(guest);
        sentences.Resume(host);
        return line;
    }

    // "The Heron is a cafe in Zorv.": takes the fact that it tells out of those left.
    private string Introduced(string introduction, List<Fact> facts, List<Fact> told)
    {
        var where = facts.Find(fact => fact.Topic.Key == "where");
        if (where is null || facts.Count == 1 || !c.InTraining(0.4)) return introduction;
        facts.Remove(where);
        told.Add(where);
        return $"{introduction[..^1]} {where.Value}.";
    }

    private List<Block> Mixed(List<Fact> facts)
    {
        var lines = facts.Select(fact => fact.Subject).Distinct()
            .Where(subject => subject.Introduction is not null)
            .Select(subject => subject.Introduction!).ToList();
        c.Dice.Shuffle(facts);
        foreach (var fact in facts)
        {
            sentences.Begin(fact.Subject);
            lines.Add(sentences.One(fact));
        }
        return [new Block(null, lines, facts)];
    }

    // Takes the prices or the jobs out of the facts and tells them as a list.
    private List<(List<Fact> Told, string Text)> Lists(List<Fact> facts)
    {
        var lists = new List<(List<Fact>, string)>();
        foreach (var (topic, name) in new[] { ("price", "price"), ("job", "staff") })
        {
            var told = facts.Where(fact => fact.Topic.Key == topic).ToList();
            if (told.Count < ListLength || c.Chance(0.5)) continue;
            facts.RemoveAll(told.Contains);
            lists.Add((told, ListText(told, name)));
        }
        return lists;
    }

    private string ListText(List<Fact> told, string name)
    {
        var form = Form.Parse(c.Fill(Phrases.Of(name + "item"), Slots.Of(
            ("s", "{s}"), ("v", "{v}"), ("bare", "{bare}"))));
        var items =
            told.Select(fact => form.Fill(c.Dice, fact.Slots(fact.Subject.Name, fact.Value)));
        var list = c.Chance(0.5)
            ? string.Join(", ", items)
            : string.Join(c.Dice.OneOf("; ", ", "), items.SkipLast(1)) + " and " + items.Last();
        return c.Fill(Phrases.Of(name + "list"), Slots.Of(("list", list)));
    }

    private void AddFillers(List<Block> blocks)
    {
        var rate = c.Dice.OneOf(0.0, 0.0, 0.05, 0.15);
        foreach (var block in blocks)
        {
            for (var i = block.Lines.Count; i > 0; i--)
                if (c.Chance(rate)) block.Lines.Insert(i, c.Wrap(Phrases.Of("filler"), Slots.None));
        }
    }
}

/// <summary>
/// Sentences that stand together, perhaps all about one subject, and what they tell.
/// </summary>
public sealed record Block(Entity? Subject, List<string> Lines, IReadOnlyList<Fact> Facts);
