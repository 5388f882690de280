namespace SkPaged.Connector.Templates;

/// <summary>
/// <c>owner.key</c> and <c>owner[key]</c>. Both fall back to the other: with a dot an attribute (so
/// a method) comes first, with brackets an item. What is not there is undefined, not an error;
/// asking an undefined value is one.
/// </summary>
internal static class Subscript
{
    public static Value Attribute(Value owner, Value.Text key) => owner is Value.Undefined undefined
        ? throw undefined.Fault()
        : FindAttribute(owner, key) ?? FindItem(owner, key) ?? new Value.Undefined(owner, key);

    public static Value Item(Rendering rendering, Value owner, Value key)
    {
        rendering.SpendOnReading(key);
        // To find a character, those before it are counted.
        if (owner is Value.Text)
            rendering.SpendOnReading(owner);
        return owner is Value.Undefined undefined
            ? throw undefined.Fault()
            : FindItem(owner, key)
                ?? (key is Value.Text name ? FindAttribute(owner, name) : null)
                ?? new Value.Undefined(owner, key);
    }

    /// <summary>
    /// Looks up a path such as <c>function.name</c> or <c>items.0</c>, as filters take one.
    /// </summary>
    public static Value Path(Rendering rendering, Value owner, Value path) =>
        path is Value.Text text
            ? text.Chars.Split('.').Aggregate(
                owner, (value, part) => Item(rendering, value, PathPart(part)))
            : Item(rendering, owner, path);

    private static Value PathPart(string part) =>
        part.Length > 0 && part.All(char.IsAsciiDigit)
            ? new Value.Integer(Number.ParseInteger(part, 10) ?? throw Number.TooLarge())
            : new Value.Text(part);

    private static Value? FindItem(Value owner, Value key) => owner switch
    {
        Value.Dict when key is Value.List or Value.Dict => null,
        Value.Dict dict => dict.Find(key),
        Value.Text or Value.Sequence when Number.Whole(key) is { } position =>
            Slicing.ElementAt(owner, position),
        _ => null,
    };

    private static Value? FindAttribute(Value owner, Value.Text key) => owner switch
    {
        // Python's own attributes, such as __class__: the way out of a sandbox.
        _ when key.Chars.Length > 4 && key.Chars.StartsWith("__", StringComparison.Ordinal)
            && key.Chars.EndsWith("__", StringComparison.Ordinal) =>
            Methods.Withheld(owner, key.Chars),
        Value.Namespace names => names.Attributes.GetValueOrDefault(key.Chars),
        Value.Loop loop => loop.State.Attribute(key.Chars),
        _ => Methods.Find(owner, key.Chars),
    };
}
