using System.Globalization;
using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Corpus;

/// <summary>What a tool gives back and what the model should make of it.</summary>
/// <param name="Content">The content of the tool message.</param>
/// <param name="Answer">The answer to the user.</param>
public sealed record ToolResult(string Content, string Answer);

/// <summary>Makes up results of calls.</summary>
public sealed class ResultWriter(Chooser c)
{
    /// <summary>A result of the call that a request wants.</summary>
    public ToolResult Write(ToolRequest request) => c.Chance(0.07) ? Error(request)
        : request.Capability.Shape switch
        {
            CapabilityShape.Action or CapabilityShape.ActionOnTarget => Done(request),
            CapabilityShape.List => Listed(request),
            _ => Value(request),
        };

    private ToolResult Error(ToolRequest request)
    {
        var text = Letters.Capital(c.Fill(Phrases.Of("error"), Slots.Of(
            ("w", request.Capability.Principals.Count > 0 ? request.Capability.Principals[0].Words : request.Capability.Noun),
            ("v", request.Value == "" ? PseudoWord.Name(c) : request.Value), ("t", Values.Duration(c)))));
        return new($"Error: {text}", $"Sorry, that did not work: {text}");
    }

    private ToolResult Value(ToolRequest request)
    {
        if (request.Capability.Shape == CapabilityShape.Lookup && c.Chance(0.12)) return Sentence(request);
        var (said, json) = AnyValue();
        var answer = $"{Letters.Capital(request.Phrase)} is {said}.";
        return c.Dice.Weighted(60, 30, 10) switch
        {
            0 => new(Plain(said, json), answer),
            1 => new(Object(request, json), answer),
            _ => Measured(request),
        };
    }

    private ToolResult Sentence(ToolRequest request)
    {
        var sentence = Letters.Capital(c.Fill(Phrases.Of("sentence"), Slots.Of(
            ("n", request.Capability.Noun), ("p", request.Capability.Preposition),
            ("v", request.Value), ("r", AnyValue().Said))));
        return new(sentence, sentence);
    }

    private string Plain(string said, JsonNode json) =>
        json.GetValueKind() == System.Text.Json.JsonValueKind.String && c.Chance(0.15)
            ? Written(json) : said;

    private string Object(ToolRequest request, JsonNode json)
    {
        var (casing, noun) = (c.Dice.OneOf("snake", "camel", "words"), request.Capability.Noun);
        var fields = new List<(string Name, JsonNode Value)> { (Key(noun, casing), json) };
        if (request.Capability.Principals.Count > 0 && c.Chance(0.6))
            fields.Insert(0, (Key(request.Capability.Principals[0].Words, casing), request.Value));
        var other = Key(c.Word("parameters"), casing);
        if (c.Chance(0.4) && fields.All(field => field.Name != other))
            fields.Insert(c.Dice.Below(fields.Count + 1), (other, AnyValue().Json));
        // Where both have one name the value that was asked for must win.
        var map = new JsonObject();
        foreach (var (name, value) in fields) map[name] = value;
        return Written(map);
    }

    private ToolResult Measured(ToolRequest request)
    {
        var (number, unit) = (Values.Decimal(c.Dice, 400), c.Word("measures"));
        var value = JsonValue.Create(decimal.Parse(number, CultureInfo.InvariantCulture));
        var map = new JsonObject { ["value"] = value, ["unit"] = unit };
        return new(Written(map), $"{Letters.Capital(request.Phrase)} is {number} {unit}.");
    }

    private ToolResult Listed(ToolRequest request)
    {
        var items = Enumerable.Range(0, c.Dice.Weighted(1, 3, 6, 5, 3)).Select(_ => PseudoWord.Name(c)).ToArray();
        var phrase = Letters.Capital(request.Phrase);
        if (items.Length == 0) return new("[]", $"There are no {request.Phrase["the ".Length..]}.");
        if (items.Length > 1 && c.Chance(0.25))
            return new(string.Join(", ", items), $"{phrase} are {And(items)}.");
        return new(
            Written(new JsonArray([.. items.Select(item => (JsonNode)JsonValue.Create(item))])),
            $"{phrase} are {And(items)}.");
    }

    private static string And(string[] items) => items.Length == 1 ? items[0]
        : $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}";

    private ToolResult Done(ToolRequest request)
    {
        switch (c.Dice.Weighted(38, 22, 20, 20))
        {
            case 0:
                var sentence = Letters.Capital(c.Fill(Phrases.Of("done"), Slots.Of(
                    ("o", request.Phrase), ("O", Letters.Capital(request.Phrase)), ("t", Values.Time(c)),
                    ("d", Past(request.Capability.Verb)), ("c", Values.Code(c)))));
                return new(sentence, sentence);
            case 1:
                return new("Success: Function completed.", "Done.");
            case 2:
                var said = c.Chance(0.5) ? c.Dice.OneOf("OK", "true", "ok", "done") : Values.Code(c);
                return new(said, $"Done: {said}.");
            default:
                var (key, code) = (c.Word("parameters"), Values.Code(c));
                var map = new JsonObject { [Key(key, "snake")] = code };
                return new(Written(map), $"Done: the {key} is {code}.");
        }
    }

    private (string Said, JsonNode Json) AnyValue()
    {
        var kind = c.Dice.Weighted(20, 14, 16, 10, 8, 6, 8, 8, 10);
        if (kind <= 1)
        {
            var number = kind == 0 ? $"{c.Dice.Between(0, 5000)}" : Values.Decimal(c.Dice, 900);
            return (number, JsonValue.Create(decimal.Parse(number, CultureInfo.InvariantCulture)));
        }
        var said = kind switch
        {
            2 => $"{Values.Decimal(c.Dice, 500)} {c.Word("measures")}",
            3 => PseudoWord.Name(c),
            4 => EntityMaker.PersonName(c),
            5 => Values.Price(c),
            6 => Values.Time(c),
            7 => Values.Code(c),
            _ => c.Word("tool-answers"),
        };
        return (said, JsonValue.Create(said));
    }

    // Results come from .NET as compact JSON, from elsewhere with spaces.
    private string Written(JsonNode node) => c.Chance(0.5) ? PythonJson.Write(node) : node.ToJsonString(Plainly);

    private static readonly System.Text.Json.JsonSerializerOptions Plainly =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Key(string words, string casing)
    {
        var parts = words.Split([' ', '-']);
        return casing switch
        {
            "snake" => string.Join('_', parts),
            "camel" => parts[0] + string.Concat(parts.Skip(1).Select(Letters.Capital)),
            _ => words,
        };
    }

    private static string Past(string verb) => verb switch
    {
        "" => "done",
        [.., 'e'] => verb + "d",
        _ => verb + "ed",
    };
}
