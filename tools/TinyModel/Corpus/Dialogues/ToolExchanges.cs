using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Exchanges in which tools are called, or in which none fits.</summary>
public sealed class ToolExchanges(Chooser c, Scene scene)
{
    private readonly RequestWriter requests = new(c);
    private readonly ResultWriter results = new(c);
    private ToolRequest? last;

    /// <summary>The next exchange. There must be tools.</summary>
    public List<Turn> Next() => c.Dice.Weighted(62, 10, 5, 6, 17) switch
    {
        0 => Called([requests.Write(AnyCapability())]),
        1 => Two(),
        2 => Missing(),
        3 => Again(),
        _ => NoneFits(),
    };

    /// <summary>A request that no tool fits, though one may share a word with it.</summary>
    public List<Turn> NoneFits()
    {
        var maker = new CapabilityMaker(c);
        while (true)
        {
            var other = c.Chance(0.4)
                && scene.HasTools ? maker.Sibling(AnyCapability()) : maker.Make();
            if (scene.Capabilities.Any(known =>
                known.Overlaps(other) || known.IsFooledBy(other))) continue;
            c.UsedHeldOutForm = false;
            var (skill, answer) = scene.Refusal;
            var text = requests.Write(other).Text;
            if (c.Chance(0.35)) text = Decoration.Of(c, text);
            return Exchange(text, new(ChatMessage.Assistant(answer), skill));
        }
    }

    private Capability AnyCapability() => c.Dice.Pick(scene.Capabilities);

    private List<Turn> Two()
    {
        var first = AnyCapability();
        if (first.Shape == CapabilityShape.Lookup && c.Chance(0.5))
        {
            var (text, pair) = requests.ForTwoValues(first);
            return Called(pair, text);
        }
        var (one, two) = (requests.Write(first), requests.Write(AnyCapability()));
        var joined = c.Fill(Phrases.Of("two"), Slots.Of(
            ("a", one.Text), ("b", Letters.Small(two.Text)), ("c", two.Text)));
        return Called([one, two], joined);
    }

    private List<Turn> Missing()
    {
        var lookups = scene.Capabilities.Where(NeedsOneValue).ToList();
        if (lookups.Count == 0) return Called([requests.Write(AnyCapability())]);
        var capability = c.Dice.Pick(lookups);
        var question = Phrases.Of("missing").Train[0].Fill(
            c.Dice, Slots.Of(("w", capability.Principals[0].Words)));
        var asking = Exchange(
            requests.WithoutValue(capability),
                new(ChatMessage.Assistant(question), Skill.MissingValue));
        return [.. asking, .. Called([requests.Supply(capability)])];
    }

    private static bool NeedsOneValue(Capability capability) =>
        capability.Shape == CapabilityShape.Lookup && !capability.Special.Any
        && capability.Extras.All(extra => !extra.Parameter.Required);

    private List<Turn> Again()
    {
        if (last is null || last.Capability.Shape != CapabilityShape.Lookup
            || last.Capability.Extras.Any(extra => extra.Parameter.Required)
            || last.Call.Arguments.Count > 1)
            return Called([requests.Write(AnyCapability())]);
        return Called([requests.Again(last.Capability)]);
    }

    private List<Turn> Called(ToolRequest[] asked, string? text = null)
    {
        last = asked[^1];
        text ??= asked[0].Text;
        if (c.Chance(0.35)) text = Decoration.Of(c, text);
        var calls = asked.Select(request => new ToolCall(
            request.Call.Name, PythonJson.Write(request.Call.Arguments))).ToList();
        // The form of a result is none of the request that was answered before it.
        var turns = Exchange(text, new(ChatMessage.Calling(calls), Skill.ToolCall));
        var told = asked.Select(results.Write).ToList();
        turns.AddRange(told.Select(result => new Turn(ChatMessage.Tool(result.Content))));
        var answer = string.Join(' ', told.Select(result => result.Answer));
        turns.Add(new(ChatMessage.Assistant(answer), Skill.ToolResult, c.UsedHeldOutForm));
        return turns;
    }

    private List<Turn> Exchange(string text, Turn reply)
    {
        var turns = new List<Turn>
        {
            new(ChatMessage.User(text)), reply with { HeldOutForm = c.UsedHeldOutForm },
        };
        c.UsedHeldOutForm = false;
        return turns;
    }
}
