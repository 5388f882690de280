using System.Text;

namespace SkPaged.TinyModel.Corpus;

/// <summary>How the sentences of a passage stand on the page.</summary>
public static class Layout
{
    /// <summary>The blocks as one text: prose, lines, bullets or sections.</summary>
    public static string Arrange(Chooser c, List<Block> blocks)
    {
        var text = Unwrapped(c, blocks);
        return c.InTraining(0.3)
            ? Wrapping.Wrap(text, c.Dice.Between(30, 100), c.Dice.OneOf("", "  ", "   ")) : text;
    }

    private static string Unwrapped(Chooser c, List<Block> blocks) =>
        c.Dice.Weighted(40, 15, 15, 12, 18) switch
        {
            0 => Join(blocks, " ", c.Dice.OneOf(" ", "\n\n", "\n")),
            1 => Join(blocks, "\n", "\n"),
            2 => string.Join('\n', Lines(blocks).Select(line => "- " + line)),
            3 => string.Join('\n', Lines(blocks).Select((line, i) => $"{i + 1}. {line}")),
            _ => Sections(c, blocks),
        };

    private static IEnumerable<string> Lines(List<Block> blocks) =>
        blocks.SelectMany(block => block.Lines);

    private static string Join(List<Block> blocks, string inside, string between) =>
        Joined(blocks.Select(block => Joined(block.Lines, inside)), between);

    // What has line breaks of its own stands alone.
    private static string Joined(IEnumerable<string> parts, string gap)
    {
        var (text, before) = (new StringBuilder(), "");
        foreach (var part in parts)
        {
            var alone = gap == " " && (before.Contains('\n') || part.Contains('\n'));
            text.Append(text.Length == 0 ? "" : alone ? "\n" : gap).Append(part);
            before = part;
        }
        return text.ToString();
    }

    private static string Sections(Chooser c, List<Block> blocks)
    {
        var heading = Form.Parse(c.Wrap(Phrases.Of("heading"), Slots.Of(("s", "{s}"))));
        var (mark, gap) = (c.Dice.OneOf("", "- ", "* "), c.Dice.OneOf("\n\n", "\n"));
        return string.Join(gap, blocks.Select(block => string.Join('\n', [
            .. Heading(block.Subject),
            .. mark == ""
                && gap == "\n\n" ? [Joined(block.Lines, " ")]
                    : block.Lines.Select(l => mark + l)])));

        IEnumerable<string> Heading(Entity? subject) => subject is null ? [] :
            [heading.Fill(c.Dice, Slots.Of(("s", Letters.Capital(subject.Name))))];
    }
}
