using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Corpus;

/// <summary>How long a dialogue is to be.</summary>
/// <param name="Letters">
/// About so many characters in all; turns are added until they are reached.
/// </param>
/// <param name="Turns">At most so many questions of the user.</param>
public sealed record DialogueSize(int Letters, int Turns = int.MaxValue);

/// <summary>Makes up dialogues: a scene, then one exchange after another.</summary>
public static class DialogueMaker
{
    private const int LettersOfFact = 52;
    private const int LettersOfTool = 420;

    /// <summary>A dialogue of about the given size.</summary>
    public static Dialogue Make(Chooser c, DialogueSize size)
    {
        c.BeginDialogue();
        var (hasText, hasTools) = c.Dice.Weighted(46, 30, 14, 10) switch
        {
            0 => (true, false),
            1 => (false, true),
            2 => (true, size.Letters > 1200),
            _ => (false, false),
        };
        var tools = hasTools ? NewTools(c, size.Letters / (hasText ? 3 : 2)) : [];
        var passage = hasText
            ? PassageWriter.Write(c, Facts(c, size.Letters - (tools.Count * LettersOfTool)))
                : Passage.Empty;
        var persona = c.Chance(0.3) ? SystemPrompt.NewPersona(c, passage) : null;
        return Write(c, new Scene(passage, tools, persona), size);
    }

    private static Dialogue Write(Chooser c, Scene scene, DialogueSize size)
    {
        var tools = scene.Capabilities.Select(capability => capability.Tool.ToJson()).ToList();
        // A text may also come with the first question.
        var inQuestion = scene.HasText && c.Chance(0.08);
        var turns =
            (inQuestion ? [] : SystemPrompt.Write(c, scene)).Select(m => new Turn(m)).ToList();
        if (inQuestion) scene = scene with { Persona = null };
        var exchanges = new ExchangeMaker(c, scene);
        var letters = tools.Sum(tool => tool.Length)
            + turns.Sum(turn => turn.Message.Content.Length);
        for (var i = 0; i < size.Turns && (i == 0 || letters < size.Letters); i++)
        {
            var exchange = i == 0 && inQuestion ? exchanges.WithText() : exchanges.Next();
            turns.AddRange(exchange);
            letters += exchange.Sum(turn => ChatRenderer.Said(turn.Message).Length + 40);
        }
        return new Dialogue(tools, turns);
    }

    private static int Facts(Chooser c, int letters)
    {
        var share = 0.1 + (0.6 * c.Dice.Below(1000) / 1000);
        return Math.Max(1, (int)(share * letters / LettersOfFact));
    }

    private static List<Capability> NewTools(Chooser c, int letters)
    {
        var maker = new CapabilityMaker(c);
        var (wanted, room) = c.InTraining(0.2)
            ? (c.Dice.Between(4, 7), 3 * letters / 2) : (c.Dice.Between(1, 4), letters);
        var count = Math.Min(wanted, Math.Max(1, room / LettersOfTool));
        var tools = new List<Capability> { maker.Make() };
        for (var tries = 0; tools.Count < count && tries < 20; tries++)
        {
            var tool = c.Chance(0.35) ? maker.Sibling(c.Dice.Pick(tools)) : maker.Make();
            if (tools.All(known => known.Tool.Name != tool.Tool.Name && !known.Overlaps(tool)
                && !known.IsFooledBy(tool)))
                tools.Add(tool);
        }
        c.Dice.Shuffle(tools);
        return tools;
    }
}
