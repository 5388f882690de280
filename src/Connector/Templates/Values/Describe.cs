namespace SkPaged.Connector.Templates;

/// <summary>How Python's and Jinja's error messages speak of values.</summary>
internal static class Describe
{
    public static string TypeOf(Value value) => value switch
    {
        Value.Undefined => "Undefined",
        Value.None => "NoneType",
        Value.Bool => "bool",
        Value.Integer => "int",
        Value.Float => "float",
        Value.Text => "str",
        Value.List => "list",
        Value.Tuple => "tuple",
        Value.Range => "range",
        Value.Dict => "dict",
        Value.View view => view.Kind,
        Value.Stream => "generator",
        Value.Namespace => "Namespace",
        Value.Loop => "LoopContext",
        Value.Callable callable => callable.Kind,
        _ => value.GetType().Name,
    };

    public static string Undefined(Value.Undefined undefined) => undefined switch
    {
        { Hint: { } hint } => hint,
        { Owner: null, Key: { } name } => $"{PythonRepr.Of(name)} is undefined",
        { Owner: { } owner, Key: Value.Text key } =>
            $"'{Owner(owner)}' has no attribute {PythonRepr.Of(key)}",
        { Owner: { } owner, Key: { } key } => $"{Owner(owner)} has no element {PythonRepr.Of(key)}",
        _ => "undefined",
    };

    private static string Owner(Value owner) => owner switch
    {
        Value.None => "None",
        Value.Namespace => "jinja2.utils.Namespace object",
        Value.Loop => "jinja2.runtime.LoopContext object",
        Value.Callable { Kind: "Macro" } => "jinja2.runtime.Macro object",
        _ => $"{TypeOf(owner)} object",
    };
}
