namespace SkPaged.Connector.Templates;

/// <summary>
/// The arguments of a built-in by parameter, with what Python converts or refuses.
/// </summary>
internal readonly struct Given(Signature signature, Value?[] values)
{
    /// <summary>The argument, or null where it was left out.</summary>
    public Value? this[int parameter] => values[parameter];

    /// <summary>Truth of an argument; false where it was left out.</summary>
    public bool Flag(int parameter) => values[parameter] is { } value && Truth.Of(value);

    /// <summary>The string printed for an argument, as Jinja's filters convert theirs.</summary>
    public string Str(int parameter) =>
        values[parameter] is { } value ? PythonRepr.Str(value) : "";

    /// <summary>A string; null where it was left out or is none.</summary>
    public string? Text(int parameter) => values[parameter] switch
    {
        null or Value.None => null,
        Value.Text text => text.Chars,
        var other => throw Wrong(parameter, "a string", other),
    };

    /// <summary>A string that must be given.</summary>
    public string RequiredText(int parameter) =>
        Text(parameter) ?? throw Wrong(parameter, "a string", Value.Nothing);

    /// <summary>An integer, saturating at the bounds of an int.</summary>
    public int Whole(int parameter, int otherwise) => values[parameter] switch
    {
        null => otherwise,
        var value when Number.Whole(value) is { } whole => Slicing.Saturate(whole),
        var other => throw Wrong(parameter, "an integer", other),
    };

    private TemplateFault Wrong(int parameter, string wanted, Value value) => TemplateFault.On(
        value,
        $"{signature.Name}() needs {wanted} for '{signature.Parameters[parameter]}',"
        + $" not '{Describe.TypeOf(value)}'");
}
