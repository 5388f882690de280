namespace SkPaged.TinyModel.Corpus;

/// <summary>How the programs write names: <c>PascalCase</c>, <c>camelCase</c> or <c>snake_case</c>.</summary>
public enum Casing
{
    /// <summary>GetTableNumber.</summary>
    Pascal,

    /// <summary>getTableNumber.</summary>
    Camel,

    /// <summary>get_table_number.</summary>
    Snake,
}

/// <summary>Names of functions and parameters, made of the words that people use for them.</summary>
public sealed record Naming(Casing Functions, Casing Parameters, string? Separator)
{
    private static readonly string[] GenericPlugins =
        ["Tools", "Service", "Api", "Plugin", "Helper", "Functions", "My", "App", "Main", "Utils"];

    /// <summary>The habits of one program at random.</summary>
    public static Naming Any(Dice dice) => new(
        (Casing)dice.Weighted(55, 15, 30),
        (Casing)dice.Weighted(10, 55, 35),
        dice.Weighted(60, 12, 28) switch { 0 => "_", 1 => "-", _ => null });

    /// <summary>A function's name, with the plugin's name where the program has plugins.</summary>
    public string Function(string plugin, string words) =>
        (Separator is null ? "" : Cased(plugin, Functions) + Separator) + Cased(words, Functions);

    /// <summary>A parameter's name.</summary>
    public string Parameter(string words) => Cased(words, Parameters);

    /// <summary>A plugin that says nothing of what its functions do.</summary>
    public static string GenericPlugin(Chooser c) =>
        c.Split == Split.Train && c.Chance(0.5) ? c.Dice.Pick(GenericPlugins) : PseudoWord.Name(c);

    private static string Cased(string words, Casing casing)
    {
        var parts = words.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
        return casing switch
        {
            Casing.Snake => string.Join('_', parts).ToLowerInvariant(),
            Casing.Pascal => string.Concat(parts.Select(Letters.Capital)),
            _ => parts[0].ToLowerInvariant() + string.Concat(parts.Skip(1).Select(Letters.Capital)),
        };
    }
}
