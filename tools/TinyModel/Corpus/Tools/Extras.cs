using System.Globalization;
using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Makes up the further parameters of tools, of every type.</summary>
public static class Extras
{
    private static readonly string[] CountWords =
        "one two three four five six seven eight nine ten eleven twelve".Split(' ');

    // Words, type, cue and values that are the same in every program. Only training uses them: in
    // the
    // held-out half a parameter is known by the words of its own schema alone.
    private static readonly (string Words, string Cue, Func<Chooser, ExtraValue> Value)[] Common =
    [
        ("date", "on {v}", c => Said(c.Chance(0.5) ? Values.Date(c) : Values.Day(c))),
        ("day", "on {v}", c => Said(Values.Day(c))),
        ("time", "at {v}", c => Said(Values.Time(c))),
        ("start time", "at {v}", c => Said(Values.Time(c))),
        ("name", "for {v}", c => Said(EntityMaker.PersonName(c))),
        ("customer", "for {v}", c => Said(EntityMaker.PersonName(c))),
        ("recipient", "to {v}", c => Said(EntityMaker.PersonName(c))),
        ("city", "in {v}", c => Said(EntityMaker.Town(c))),
        ("location", "in {v}", c => Said(EntityMaker.Town(c))),
        ("destination", "to {v}", c => Said(EntityMaker.Town(c))),
        ("origin", "from {v}", c => Said(EntityMaker.Town(c))),
        ("message", "[saying|with the text|that says] [\"{v}\"|{v}]", Message),
        ("text", "[saying|with the text|that says] [\"{v}\"|{v}]", Message),
        ("title", "[called|named|with the title] [\"{v}\"|{v}]", Message),
        ("people", "for {v} people", c => Number(c, 12)),
        ("guests", "for {v} [guests|people]", c => Number(c, 12)),
        ("nights", "for {v} nights", c => Number(c, 20)),
        ("days", "for {v} days", c => Number(c, 30)),
        ("quantity", "{v} times", c => Number(c, 40)),
        ("level", "to {v} percent", c => Number(c, 100)),
        ("minutes", "for {v} minutes", c => Number(c, 90)),
    ];

    private static readonly HashSet<string> CommonNumbers =
        ["people", "guests", "nights", "days", "quantity", "level", "minutes"];

    /// <summary>A parameter whose words and name are not among those taken.</summary>
    public static Extra Make(Chooser c, Naming naming, string owner, HashSet<string> taken)
    {
        while (true)
        {
            var extra = c.Split == Split.Train && c.Chance(0.4)
                ? CommonExtra(c, naming, owner)
                : OwnExtra(c, naming, owner);
            if (taken.Contains(extra.Parameter.Words)
                || taken.Contains(extra.Parameter.Name)) continue;
            taken.UnionWith([extra.Parameter.Words, extra.Parameter.Name]);
            return extra;
        }
    }

    /// <summary>What a schema may say of a parameter, or null.</summary>
    public static string? Describe(Chooser c, string words, string owner) => c.Chance(0.3) ? null
        : c.Fill(Phrases.Of("describe-parameter"), Slots.Of(
            ("w", words), ("W", Letters.Capital(words)), ("o", owner)));

    private static Extra CommonExtra(Chooser c, Naming naming, string owner)
    {
        var (words, cue, value) = c.Dice.Pick(Common);
        var type = CommonNumbers.Contains(words) ? "integer" : "string";
        return new Extra(Parameter(c, naming, words, words, type, owner), cue, value);
    }

    private static Extra OwnExtra(Chooser c, Naming naming, string owner)
    {
        var words = c.Chance(0.85) ? c.Word("parameters") : PseudoWord.Lower(c);
        return c.Dice.Weighted(36, 16, 12, 18, 18) switch
        {
            0 => new(Parameter(c, naming, words, words, "string", owner), "extra-value", Text),
            1 => new(Parameter(c, naming, words, words, "integer", owner), "extra-value", c =>
                Number(c, 999)),
            2 => new(Parameter(c, naming, words, words, "number", owner), "extra-value", Fraction),
            3 => Flag(c, naming, owner),
            _ => Choice(c, naming, words, owner),
        };
    }

    private static Extra Flag(Chooser c, Naming naming, string owner)
    {
        var words = c.Word("flags");
        var name =
            c.Dice.OneOf($"{words}", $"include {words}", $"with {words}", $"{words} enabled");
        return new(Parameter(c, naming, name, words, "boolean", owner), "flag", c => c.Chance(0.5)
            ? new ExtraValue("yes", true) : new ExtraValue("no", false));
    }

    private static Extra Choice(Chooser c, Naming naming, string words, string owner)
    {
        string[] options = [.. Cased(c, c.Word("options").Split(' '))];
        var parameter =
            Parameter(c, naming, words, words, "string", owner, options);
        return new(parameter, "extra-option", c => Option(c, c.Dice.Pick(options)));
    }

    // Names of an enumeration, in training alone: people say them in their own case.
    private static IEnumerable<string> Cased(Chooser c, string[] options) =>
        !c.InTraining(0.45) ? options
        : c.Chance(0.8) ? options.Select(Letters.Capital)
        : options.Select(option => option.ToUpperInvariant());

    private static ExtraValue Option(Chooser c, string option) =>
        c.InTraining(0.4) ? new(option.ToLowerInvariant(), JsonValue.Create(option)) : Said(option);

    private static ToolParameter Parameter(
        Chooser c, Naming naming, string name, string words, string type, string owner,
        string[]? options = null)
    {
        var required = c.Chance(0.35);
        var description = Describe(c, words, owner);
        if (description is not null && !required && c.Chance(0.25)) description += " (optional)";
        if (!required && c.InTraining(0.3))
            description = $"{description} (default value: {Default(c, type, options)})".Trim();
        return new(naming.Parameter(name), words, type, required, description, options);
    }

    // What a schema says is taken where a call gives nothing; calls never repeat it.
    private static string Default(Chooser c, string type, string[]? options) => type switch
    {
        _ when options is not null => c.Dice.Pick(options),
        "boolean" => c.Dice.OneOf("False", "True", "false", "true"),
        "string" => Text(c).Said,
        _ => $"{c.Dice.Between(0, 100)}",
    };

    private static ExtraValue Said(string text) => new(text, JsonValue.Create(text));

    private static ExtraValue Number(Chooser c, int limit)
    {
        var number = c.Dice.Between(1, limit);
        var said = number <= 12 && c.Split == Split.Train && c.Chance(0.15)
            ? CountWords[number - 1] : $"{number}";
        return new(said, number);
    }

    private static ExtraValue Fraction(Chooser c)
    {
        var said = Values.Decimal(c.Dice, 200);
        return new(said, JsonValue.Create(decimal.Parse(said, CultureInfo.InvariantCulture)));
    }

    private static ExtraValue Text(Chooser c) =>
        Said(c.Dice.Weighted(34, 18, 14, 10, 8, 8, 8) switch
        {
            0 => PseudoWord.Name(c),
            1 => PseudoWord.Lower(c),
            2 => Values.Code(c),
            3 => $"{PseudoWord.Name(c)} {PseudoWord.Name(c)}",
            4 => EntityMaker.PersonName(c),
            5 => Values.Date(c),
            _ => Values.Time(c),
        });

    private static ExtraValue Message(Chooser c) => Said(c.Dice.Below(3) switch
    {
        0 => $"{Letters.Capital(EntityMaker.Make(c, "event").Bare)} at {Values.Time(c)}",
        1 => $"{PseudoWord.Name(c)} {PseudoWord.Lower(c)} {PseudoWord.Lower(c)}",
        _ => Letters.Capital(
            $"{c.Word("adjectives")} {c.Word("goods")} for {EntityMaker.PersonName(c)}"),
    });
}
