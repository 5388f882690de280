namespace SkPaged.TinyModel.Corpus;

/// <summary>Makes up tools: what they do, how they are named, described and called.</summary>
public sealed class CapabilityMaker(Chooser c)
{
    private const double PseudoShare = 0.08;

    private static readonly string[] Getters =
        ["get", "get", "get", "find", "look up", "read", "fetch", "query", "check", "show",
            "retrieve", ""];

    private readonly Naming naming = Naming.Any(c.Dice);
    private readonly SchemaStyle style = SchemaStyle.Any(c.Dice);

    /// <summary>A capability of any shape.</summary>
    public Capability Make() =>
        c.Dice.Weighted(34, 12, 8, 10, 22, 14, c.Split == Split.Train ? 4 : 0) switch
        {
            0 => c.InTraining(0.15) ? Nested()
                : c.Split == Split.Train && c.Chance(0.35) ? Concept() : Lookup(),
            1 => Now(),
            2 => Between(),
            3 => List(),
            4 => Action(CapabilityShape.Action),
            5 => Action(CapabilityShape.ActionOnTarget),
            _ => Arithmetic(),
        };

    /// <summary>
    /// Another capability that shares a word with this one, as tools of one plugin do.
    /// </summary>
    public Capability Sibling(Capability other) => other.Shape switch
    {
        CapabilityShape.Lookup when c.InTraining(0.4) =>
            LookupOf(KinNoun(other.Noun), Preposition(), Owner(), Forms.None),
        CapabilityShape.Lookup => LookupOf(Noun(), Preposition(), other.Owner, Forms.None),
        CapabilityShape.Action or CapabilityShape.ActionOnTarget => c.Chance(0.5)
            ? ActionOf(other.Shape, Verb(), other.Noun)
            : ActionOf(other.Shape, other.Verb, ObjectNoun()),
        _ => Make(),
    };

    private Capability Lookup() => LookupOf(Noun(), Preposition(), Owner(), Forms.None);

    private Capability Concept()
    {
        var name = c.Dice.Pick(Phrases.Names("concept-"));
        var words = name["concept-".Length..].Split(' ');
        return LookupOf(
            string.Join(' ', words[..^2]), words[^2], words[^1], Phrases.Of(name));
    }

    // "The departure time of the ferry to an island": the ferry is the tool's, the island is asked.
    private Capability Nested()
    {
        var name = c.Chance(0.5) ? c.Dice.Pick(Phrases.Names("nested-")) : "";
        var noun = name == "" ? Noun() : name["nested-".Length..];
        var thing = c.Dice.OneOf(c.Word("rides"), ObjectNoun(), Owner());
        var forms = name == "" ? Forms.None : Phrases.Of(name).About(thing);
        return LookupOf($"{noun} of the {thing}",
            c.Dice.OneOf("to", "to", "from", "in", "at", "on", "for", "near"), Owner(), forms,
            "describe-nested", noun);
    }

    private Capability LookupOf(string noun, string preposition, string owner, Forms special,
        string description = "describe-lookup", string? called = null)
    {
        var words =
            c.Dice.OneOf(owner, owner, "name", $"{owner} name", $"{owner} id", "query",
                "location", "id");
        // In the held-out half the parameter has the owner's word, or a neutral one.
        if (c.Split == Split.HeldOut) words = c.Dice.OneOf(owner, $"{owner} name", "name");
        var principal = Principal(words, owner);
        var extras = NewExtras(owner, Count(60, 25, 10, 5), principal);
        var slots = Slots.Of(
            ("n", noun), ("N", Letters.Capital(noun)), ("k", owner), ("p", preposition));
        var tool =
            NewTool(Getter(called ?? noun, owner), called ?? noun, owner, description, slots,
                [principal], extras);
        return new(CapabilityShape.Lookup, tool, noun, "", owner, preposition, [principal],
            extras, special);
    }

    private Capability Now()
    {
        var noun = Noun();
        var extras = NewExtras(noun, Count(80, 20));
        extras =
            [.. extras.Select(e => e with { Parameter = e.Parameter with { Required = false } })];
        var tool =
            NewTool(Getter(noun, ""), noun, "", "describe-now", Slots.Of(("n", noun)), [], extras);
        return new(CapabilityShape.Now, tool, noun, "", "", "", [], extras, Forms.None);
    }

    private Capability Between()
    {
        var (noun, owner) = (Noun(), Owner());
        var (from, to) = c.Dice.OneOf(("from", "to"), ("origin", "destination"), ("start", "end"),
            ("source", "target"), ($"{owner} a", $"{owner} b"),
                ($"first {owner}", $"second {owner}"));
        ToolParameter[] principals = [Principal(from, owner), Principal(to, owner)];
        var extras = NewExtras(owner, Count(75, 25), principals);
        var slots = Slots.Of(("n", noun), ("k", owner));
        var tool =
            NewTool(Getter(noun, ""), noun, owner, "describe-between", slots, principals, extras);
        return new(CapabilityShape.Between, tool, noun, "", owner, "from", principals, extras,
            Forms.None);
    }

    private Capability List()
    {
        var (noun, owner) = (c.Chance(0.5) ? ObjectNoun() : Owner(), Owner());
        var principal = Principal(c.Dice.OneOf(owner, $"{owner} name", "name"), owner);
        var extras = NewExtras(owner, Count(65, 25, 10), principal);
        var verb = c.Dice.OneOf("list", "search", "find", "get", "show");
        var slots = Slots.Of(("n", noun), ("k", owner));
        var tool =
            NewTool($"{verb} {noun}s", noun, owner, "describe-list", slots, [principal], extras);
        return new(CapabilityShape.List, tool, noun, "list", owner,
            c.Dice.OneOf("in", "of", "for", "at"),
            [principal], extras, Forms.None);
    }

    private Capability Action(CapabilityShape shape) => ActionOf(shape, Verb(), ObjectNoun());

    private Capability ActionOf(CapabilityShape shape, string verb, string noun)
    {
        ToolParameter[] principals = shape == CapabilityShape.ActionOnTarget
            ? [Principal(c.Dice.OneOf(noun, $"{noun} name", $"{noun} id", "name", "target", "id"),
                noun)] : [];
        var extras = NewExtras(noun, c.Dice.Weighted(20, 30, 25, 15, 10), principals);
        var slots = Slots.Of(("v", verb), ("V", Letters.Capital(verb)), ("o", noun));
        var name = c.Dice.Weighted(70, 15, 15) switch
        {
            0 => $"{verb} {noun}",
            1 => $"{noun} {verb}",
            _ => verb,
        };
        var tool =
            NewTool(name, noun, noun, "describe-action", slots, principals, extras,
                mustDescribe: name == verb);
        return new(shape, tool, noun, verb, "", "", principals, extras, Forms.None);
    }

    private Capability Arithmetic()
    {
        var form = c.Dice.Pick(Phrases.Names("arithmetic-"));
        var verb = form["arithmetic-".Length..];
        var (a, b) = c.Dice.OneOf(("a", "b"), ("x", "y"), ("first", "second"), ("left", "right"),
            ("number1", "number2"), ("value", "amount"), ("base", "factor"));
        var type = c.Dice.OneOf("number", "integer", "number");
        ToolParameter[] principals = [
            new(naming.Parameter(a), a, type, true, c.Chance(0.5) ? "The first number" : null),
            new(naming.Parameter(b), b, type, true, c.Chance(0.5) ? "The second number" : null)];
        var slots = Slots.Of(("v", verb), ("V", Letters.Capital(verb)), ("o", "number"));
        var tool = NewTool(verb, "math", "number", "describe-action", slots, principals, []);
        return new(CapabilityShape.Arithmetic, tool, "number", verb, "", "", principals, [],
            Phrases.Of(form));
    }

    private Tool NewTool(string words, string plugin, string owner, string description, Slots slots,
        IReadOnlyList<ToolParameter> principals, IReadOnlyList<Extra> extras,
            bool mustDescribe = false)
    {
        var opaque = c.Chance(0.05);
        var home = c.Dice.Weighted(40, 25, 35) switch
        {
            0 => plugin,
            1 => owner == "" ? plugin : owner,
            _ => Naming.GenericPlugin(c),
        };
        var name = opaque ? PseudoWord.Lower(c) : words;
        var text = opaque || mustDescribe || c.Chance(0.88)
            ? Letters.Capital(c.Fill(Phrases.Of(description), slots)) : null;
        return new(naming.Function(home, name), text,
            [.. principals, .. extras.Select(e => e.Parameter)], style);
    }

    private ToolParameter Principal(string words, string owner) =>
        new(naming.Parameter(words), words, "string", true, Extras.Describe(c, words, owner));

    private Extra[] NewExtras(string owner, int count, params ToolParameter[] principals)
    {
        var taken =
            new HashSet<string>(StringComparer.OrdinalIgnoreCase) { owner, "name", "id",
                "location" };
        foreach (var principal in principals) taken.UnionWith([principal.Words, principal.Name]);
        return [.. Enumerable.Range(0, count).Select(_ => Extras.Make(c, naming, owner, taken))];
    }

    // How many further parameters. Training has at times several in most tools of a dialogue:
    // those of one must not get into the call of another.
    private int Count(params int[] weights) =>
        c.Dice.Weighted(c.InTraining(0.3) ? [10, 40, 35, 15] : weights);

    // "Opening time" beside "departure time".
    private string KinNoun(string noun) => noun.LastIndexOf(' ') is > 0 and var at
        ? $"{c.Word(c.Dice.OneOf("tool-objects", "tool-kinds"))}{noun[at..]}" : Noun();

    private string Getter(string noun, string owner)
    {
        var getter = $"{c.Dice.Pick(Getters)} {noun}".Trim();
        return owner != ""
            && c.Chance(0.15) ? $"{getter} {c.Dice.OneOf("of", "by", "for")} {owner}" : getter;
    }

    private string Noun() => OrPseudo("tool-nouns");

    private string Owner() => OrPseudo("tool-kinds");

    private string Verb() => OrPseudo("tool-verbs");

    private string ObjectNoun() => OrPseudo("tool-objects");

    private string Preposition() => c.Dice.OneOf("of", "of", "in", "for", "at");

    private string OrPseudo(string list) =>
        c.Chance(PseudoShare) ? PseudoWord.Lower(c) : c.Word(list);
}
