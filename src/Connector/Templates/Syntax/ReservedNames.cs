namespace SkPaged.Connector.Templates;

/// <summary>Names that are no variables.</summary>
internal static class ReservedNames
{
    public static Value? Constant(string name) => name switch
    {
        "true" or "True" => Value.True,
        "false" or "False" => Value.False,
        "none" or "None" => Value.Nothing,
        _ => null,
    };
}
