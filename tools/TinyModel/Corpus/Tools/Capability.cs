namespace SkPaged.TinyModel.Corpus;

/// <summary>The shapes of what tools do, and with them of what people ask.</summary>
public enum CapabilityShape
{
    /// <summary>A value of a named thing: the temperature in a city.</summary>
    Lookup,

    /// <summary>A value that needs no name: the time.</summary>
    Now,

    /// <summary>A value of two things: the distance from one town to another.</summary>
    Between,

    /// <summary>Several things of a named thing: the pumps in a station.</summary>
    List,

    /// <summary>Something done: a table booked.</summary>
    Action,

    /// <summary>Something done to a named thing: the door Zorv locked.</summary>
    ActionOnTarget,

    /// <summary>Two numbers made into one.</summary>
    Arithmetic,
}

/// <summary>What one tool can do, in the words that requests for it use.</summary>
/// <param name="Shape">The shape of the requests.</param>
/// <param name="Tool">The tool as the model sees it.</param>
/// <param name="Noun">What is looked up or acted on: "temperature", "table".</param>
/// <param name="Verb">What is done, or what is computed; "" for a lookup.</param>
/// <param name="Owner">The kind of thing that the value is of: "city"; "" where there is none.</param>
/// <param name="Preposition">What stands before the owner: "in".</param>
/// <param name="Principals">The parameters without which nothing can be asked, first in the schema.</param>
/// <param name="Extras">The other parameters.</param>
/// <param name="Special">Further forms of requests that belong to this noun alone.</param>
public sealed record Capability(
    CapabilityShape Shape, Tool Tool, string Noun, string Verb, string Owner, string Preposition,
    IReadOnlyList<ToolParameter> Principals, IReadOnlyList<Extra> Extras, Forms Special)
{
    /// <summary>
    /// Whether a request for the other could be taken for a request for this one. A tool may share the verb
    /// or the noun with another, but not both.
    /// </summary>
    public bool Overlaps(Capability other) => Noun == other.Noun
        && (Verb == other.Verb || Verb == "" || other.Verb == "");

    /// <summary>Whether the noun of one is part of the noun of the other: "price" and "ticket price".</summary>
    public bool IsFooledBy(Capability other) => (Verb == "" || other.Verb == "" || Verb == other.Verb)
        && (Noun.Contains(other.Noun, StringComparison.Ordinal)
            || other.Noun.Contains(Noun, StringComparison.Ordinal)
            || (Special.Any && other.Special.Any && Owner == other.Owner));
}

/// <summary>A further parameter and how requests mention it.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Cue">The name of the forms that mention it, or a form of its own.</param>
/// <param name="Value">Makes up a value.</param>
public sealed record Extra(ToolParameter Parameter, string Cue, Func<Chooser, ExtraValue> Value);

/// <summary>A value as people say it and as JSON has it.</summary>
public sealed record ExtraValue(string Said, System.Text.Json.Nodes.JsonNode Json);
