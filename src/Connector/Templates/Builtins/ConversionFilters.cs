namespace SkPaged.Connector.Templates;

/// <summary>Filters for any value: default, string and tojson.</summary>
internal static class ConversionFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        Builtin.Of("default(default_value=, boolean=)", Default),
        Builtin.Of("d(default_value=, boolean=)", Default),
        Builtin.OnText("string()", (text, _) => text),
        Builtin.Of(
            "tojson(ensure_ascii=, indent=, separators=, sort_keys=)",
            ToJson),
    ];

    private static Value Default(Rendering rendering, Value subject, Given given) =>
        subject is Value.Undefined || (given.Flag(1) && !Truth.Of(subject))
            ? given[0] ?? Value.Empty
            : subject;

    private static Value.Text ToJson(Rendering rendering, Value subject, Given given)
    {
        rendering.Spend(subject.Weight);
        return new(JsonOutput.Write(subject, JsonStyle(given)));
    }

    private static JsonStyle JsonStyle(Given given)
    {
        var indent = given[1] switch
        {
            null or Value.None => null,
            Value.Text text => text.Chars,
            _ => new TextBuilder().AppendRepeated(" ", given.Whole(1, 0)).ToString(),
        };
        var (item, key) = given[2] switch
        {
            null or Value.None => (indent is null ? ", " : ",", ": "),
            Value.Sequence { Items: [Value.Text first, Value.Text second] } =>
                (first.Chars, second.Chars),
            _ => throw new TemplateFault("separators must be two strings"),
        };
        return new JsonStyle(indent, item, key, given.Flag(0), given.Flag(3));
    }
}
