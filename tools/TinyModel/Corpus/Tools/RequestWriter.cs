using System.Globalization;
using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Writes requests for capabilities, with the call that each wants.</summary>
public sealed class RequestWriter(Chooser c)
{
    private const double MentionOptional = 0.6;

    /// <summary>A request that names all that the tool needs.</summary>
    public ToolRequest Write(Capability capability) => capability.Shape switch
    {
        CapabilityShape.Lookup => Owned(capability, capability.Special.Any && c.Chance(0.6)
            ? capability.Special : Phrases.Of("lookup")),
        CapabilityShape.List => Owned(capability, Phrases.Of("list")),
        CapabilityShape.Now => Now(capability),
        CapabilityShape.Between => Between(capability),
        CapabilityShape.Arithmetic => Arithmetic(capability),
        _ => Action(capability),
    };

    /// <summary>A request like the last one for another value: "And in Zorvath?" Needs no extras.</summary>
    public ToolRequest Again(Capability capability) =>
        Owned(capability, Phrases.Of("again"), withExtras: false);

    /// <summary>One request for the values of two things, without extras.</summary>
    public (string Text, ToolRequest[] Requests) ForTwoValues(Capability capability)
    {
        var ((a, first), (b, second)) = (Value(), Value());
        var required = capability.Extras.Where(extra => extra.Parameter.Required)
            .Select(extra => (Extra: extra, Value: extra.Value(c))).ToList();
        var extras = required.Select(pair => (pair.Extra, pair.Value.Json)).ToList();
        var text = c.Fill(Phrases.Of("lookup-two"), Slots.Of(
            ("n", capability.Noun), ("p", capability.Preposition), ("v", a), ("w", b)));
        if (required.Count > 0)
            text = Insert(text, " " + string.Join(' ', required.Select(pair => Mention(pair.Extra, pair.Value))));
        return (Polish(text), [For(a, first), For(b, second)]);

        ToolRequest For(string said, string value) => new(
            text, Call(capability, [value], extras), capability,
            $"the {capability.Noun} {capability.Preposition} {said}", said);
    }

    /// <summary>The answer to the question for a missing value: "Zorvath, please."</summary>
    public ToolRequest Supply(Capability capability)
    {
        var (said, value) = Value();
        var text = c.Fill(Phrases.Of("supply"), Slots.Of(
            ("v", said), ("w", capability.Principals[0].Words)));
        var phrase = capability.Shape == CapabilityShape.Lookup
            ? $"the {capability.Noun} {capability.Preposition} {said}" : "";
        return new(text, Call(capability, [value], []), capability, phrase, said);
    }

    /// <summary>A request that lacks the value of the principal parameter.</summary>
    public string WithoutValue(Capability capability) => Polish(c.Fill(
        Phrases.Of("lookup-missing"), Slots.Of(("n", capability.Noun))));

    private ToolRequest Owned(Capability capability, Forms forms, bool withExtras = true)
    {
        var (said, value) = Value();
        var mentioned = capability.Shape == CapabilityShape.Lookup && c.Chance(0.2)
            ? $"{c.Dice.OneOf("", "the ")}{capability.Owner} {said}" : said;
        var (extras, text) = withExtras ? Extras(capability) : ([], "");
        var plural = capability.Shape == CapabilityShape.List ? "s" : "";
        var filled = c.Fill(forms, Slots.Of(("n", capability.Noun), ("p", capability.Preposition),
            ("v", mentioned), ("x", text)));
        if (forms == capability.Special && text != "") filled = Insert(filled, text);
        return new(Polish(filled), Call(capability, [value], extras), capability,
            $"the {capability.Noun}{plural} {capability.Preposition} {mentioned}", said);
    }

    private ToolRequest Now(Capability capability)
    {
        var (extras, text) = Extras(capability);
        var filled = c.Fill(Phrases.Of("now"), Slots.Of(("n", capability.Noun)));
        if (text != "") filled = Insert(filled, text);
        return new(Polish(filled), Call(capability, [], extras), capability, $"the {capability.Noun}", "");
    }

    private ToolRequest Between(Capability capability)
    {
        var ((a, first), (b, second)) = (Value(), Value());
        var (extras, text) = Extras(capability);
        var filled = c.Fill(Phrases.Of("between"), Slots.Of(
            ("n", capability.Noun), ("a", a), ("b", b), ("x", text)));
        return new(Polish(filled), Call(capability, [first, second], extras), capability,
            $"the {capability.Noun} from {a} to {b}", a);
    }

    private ToolRequest Action(Capability capability)
    {
        var targeted = capability.Principals.Count > 0;
        var (said, value) = targeted ? Value() : ("", "");
        var (extras, text) = Extras(capability);
        var filled = c.Fill(Phrases.Of(targeted ? "action-target" : "action"), Slots.Of(
            ("v", capability.Verb), ("V", Letters.Capital(capability.Verb)), ("o", capability.Noun),
            ("t", said), ("x", text)));
        JsonNode[] principals = targeted ? [value] : [];
        return new(Polish(filled), Call(capability, principals, extras), capability, capability.Noun, said);
    }

    private ToolRequest Arithmetic(Capability capability)
    {
        string Number() => capability.Principals[0].Type == "integer" || c.Chance(0.6)
            ? $"{c.Dice.Between(1, c.Chance(0.5) ? 20 : 9999)}" : Values.Decimal(c.Dice, 300);
        var (a, b) = (Number(), Number());
        var text = c.Fill(capability.Special, Slots.Of(("a", a), ("b", b)));
        // "Subtract 3 from 5" and "5 minus 3" both mean (5, 3): the slots keep that order.
        return new(Polish(text), Call(capability, [Parsed(a), Parsed(b)], []), capability, "the result", "");
    }

    private static JsonValue Parsed(string number) =>
        JsonValue.Create(decimal.Parse(number, CultureInfo.InvariantCulture));

    private (string Said, string Value) Value() => c.Dice.Weighted(44, 16, 14, 14, 12) switch
    {
        0 => Same(EntityMaker.Town(c)),
        1 => Same(EntityMaker.PersonName(c)),
        2 => Same(Values.Code(c)),
        3 => EntityMaker.Make(c, c.Dice.OneOf("item", "thing")) is var thing && c.Chance(0.6)
            ? (thing.Name, thing.Bare) : Same(thing.Bare),
        _ => Same(PseudoWord.Lower(c)),
    };

    private static (string, string) Same(string text) => (text, text);

    private (List<(Extra, JsonNode)> Values, string Text) Extras(Capability capability)
    {
        var values = new List<(Extra Extra, JsonNode Json)>();
        var phrases = new List<string>();
        foreach (var extra in capability.Extras)
        {
            if (!extra.Parameter.Required && !c.Chance(MentionOptional)) continue;
            var value = extra.Value(c);
            values.Add((extra, value.Json));
            phrases.Add(Mention(extra, value));
        }
        if (c.Chance(0.25)) c.Dice.Shuffle(phrases);
        var joint = c.Dice.OneOf(" ", " ", ", ");
        return (values, phrases.Count == 0 ? "" : joint + string.Join(joint, phrases));
    }

    private string Mention(Extra extra, ExtraValue value)
    {
        var slots = Slots.Of(("w", extra.Parameter.Words), ("v", value.Said));
        return extra.Cue switch
        {
            "flag" => c.Fill(Phrases.Of(value.Said == "yes" ? "extra-yes" : "extra-no"), slots),
            ['e', 'x', 't', ..] => c.Fill(Phrases.Of(
                extra.Parameter.Type == "integer" && extra.Parameter.Words.EndsWith('s') && c.Chance(0.5)
                    ? "extra-count" : extra.Cue), slots),
            _ => Form.Parse(extra.Cue).Fill(c.Dice, slots),
        };
    }

    private static WantedCall Call(
        Capability capability, JsonNode[] principals, List<(Extra Extra, JsonNode Json)> extras)
    {
        var given = capability.Principals.Zip(principals, (p, v) => (p.Name, Json: v))
            .Concat(extras.Select(e => (e.Extra.Parameter.Name, e.Json)))
            .ToDictionary(pair => pair.Name, pair => pair.Json.DeepClone());
        var arguments = new JsonObject();
        foreach (var parameter in capability.Tool.Parameters)
            if (given.TryGetValue(parameter.Name, out var value)) arguments[parameter.Name] = value;
        return new(capability.Tool.Name, arguments);
    }

    // Puts the extras before the mark that ends the sentence.
    private static string Insert(string sentence, string extras) =>
        sentence[^1] is '?' or '.' ? sentence[..^1] + extras + sentence[^1] : sentence + extras;

    private string Polish(string text) =>
        c.Chance(0.12) ? text : Letters.Capital(text);
}
