using System.Text;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// A sentence form: plain text with slots <c>{s}</c> and choices <c>[this|that|]</c>, which may
/// nest.
/// </summary>
public sealed class Form
{
    private readonly Node[] nodes;

    private Form(string text, Node[] nodes) => (Text, this.nodes) = (text, nodes);

    /// <summary>The form as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a form.</summary>
    /// <exception cref="FormatException">A bracket is not closed, or closed twice.</exception>
    public static Form Parse(string text)
    {
        var at = 0;
        var nodes = Sequence(text, ref at, nested: false);
        return new Form(text, nodes);
    }

    /// <summary>Splits a list of forms at the bars outside all brackets.</summary>
    public static IEnumerable<string> SplitList(string list)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (list[i] != '|' || depth > 0) continue;
            yield return list[start..i].Trim();
            start = i + 1;
        }
        yield return list[start..].Trim();
    }

    /// <summary>The form with its slots filled and its choices made.</summary>
    /// <param name="dice">Makes the choices.</param>
    /// <param name="slots">What the slots stand for.</param>
    /// <param name="reworded">Changes the form's own words; null = it keeps them.</param>
    public string Fill(Dice dice, Slots slots, Func<string, string>? reworded = null)
    {
        var text = new StringBuilder();
        Write(nodes, dice, slots, reworded ?? (words => words), text);
        return text.ToString();
    }

    /// <summary>All that the form can read with its slots filled.</summary>
    public IEnumerable<string> Readings(Slots slots) => Readings(nodes, slots);

    private static IEnumerable<string> Readings(Node[] nodes, Slots slots) =>
        nodes.Aggregate<Node, IEnumerable<string>>([""], (heads, node) =>
            from head in heads from end in Ends(node, slots) select head + end);

    private static IEnumerable<string> Ends(Node node, Slots slots) => node switch
    {
        Slot slot => [slots[slot.Name]],
        Choice choice => choice.Options.SelectMany(option => Readings(option, slots)),
        _ => [((Literal)node).Text],
    };

    private static void Write(
        Node[] nodes, Dice dice, Slots slots, Func<string, string> reworded, StringBuilder text)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case Literal literal: text.Append(reworded(literal.Text)); break;
                case Slot slot: text.Append(slots[slot.Name]); break;
                case Choice choice:
                    Write(dice.Pick(choice.Options), dice, slots, reworded, text);
                    break;
            }
        }
    }

    private static Node[] Sequence(string text, ref int at, bool nested)
    {
        var nodes = new List<Node>();
        while (at < text.Length && !(nested && text[at] is '|' or ']'))
        {
            nodes.Add(text[at] switch
            {
                '[' => Options(text, ref at),
                '{' => new Slot(Between(text, ref at)),
                ']' => throw new FormatException($"A bracket is closed twice: {text}"),
                _ => new Literal(Plain(text, ref at)),
            });
        }
        return [.. nodes];
    }

    private static Choice Options(string text, ref int at)
    {
        var options = new List<Node[]>();
        do
        {
            at++;
            options.Add(Sequence(text, ref at, nested: true));
            if (at == text.Length) throw new FormatException($"A bracket is open: {text}");
        }
        while (text[at] == '|');
        at++;
        return new Choice([.. options]);
    }

    private static string Between(string text, ref int at)
    {
        var end = text.IndexOf('}', at);
        if (end < 0) throw new FormatException($"A slot is open: {text}");
        var name = text[(at + 1)..end];
        at = end + 1;
        return name;
    }

    private static string Plain(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && text[at] is not ('[' or ']' or '{' or '|')) at++;
        if (at == start) at++;
        return text[start..at];
    }

    private abstract record Node;

    private sealed record Literal(string Text) : Node;

    private sealed record Slot(string Name) : Node;

    private sealed record Choice(Node[][] Options) : Node;
}
