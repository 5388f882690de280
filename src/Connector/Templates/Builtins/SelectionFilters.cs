namespace SkPaged.Connector.Templates;

/// <summary>
/// Filters that apply another filter, test or attribute to each element; all read lazily.
/// </summary>
internal static class SelectionFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("map", (rendering, subject, arguments) =>
            Stream(rendering, subject, items => items.Select(Mapping(rendering, arguments)))),
        new("select", (rendering, subject, arguments) =>
            Stream(rendering, subject, items => items.Where(Testing(rendering, arguments)))),
        new("reject", (rendering, subject, arguments) => Stream(
            rendering, subject, items => items.Where(Not(Testing(rendering, arguments))))),
        new("selectattr", (rendering, subject, arguments) => Stream(
            rendering, subject, items => items.Where(TestingAttribute(rendering, arguments)))),
        new("rejectattr", (rendering, subject, arguments) => Stream(
            rendering, subject, items => items.Where(Not(TestingAttribute(rendering, arguments))))),
    ];

    /// <summary>
    /// A generator over the input; where the input is empty or none, not even that is looked at.
    /// </summary>
    private static Value.Stream Stream(
        Rendering rendering, Value subject, Func<IEnumerable<Value>, IEnumerable<Value>> process)
    {
        return new(Deferred().GetEnumerator());

        IEnumerable<Value> Deferred()
        {
            if (!Truth.Of(subject))
                yield break;
            foreach (var item in process(rendering.Each(subject)))
                yield return item;
        }
    }

    private static Func<Value, Value> Mapping(Rendering rendering, Arguments arguments)
    {
        if (arguments.Positional.IsEmpty && arguments.Find("attribute") is { } attribute)
        {
            var fallback = arguments.Find("default");
            return item => Subscript.Path(rendering, item, attribute) switch
            {
                Value.Undefined when fallback is not (null or Value.None) => fallback,
                var value => value,
            };
        }

        if (arguments.Positional.IsEmpty)
            throw new TemplateFault("map requires a filter argument");
        var filter = Named("filter", Filters.Find, arguments.Positional[0]);
        return item => filter(rendering, item, arguments.Tail);
    }

    private static Func<Value, bool> Testing(Rendering rendering, Arguments arguments)
    {
        if (arguments.Positional.IsEmpty)
            return Truth.Of;
        var test = Named("test", Tests.Find, arguments.Positional[0]);
        return item => Truth.Of(test(rendering, item, arguments.Tail));
    }

    private static Func<Value, bool> TestingAttribute(Rendering rendering, Arguments arguments)
    {
        if (arguments.Positional.IsEmpty)
            throw new TemplateFault("Missing parameter for attribute name");
        var (attribute, test) = (arguments.Positional[0], Testing(rendering, arguments.Tail));
        return item => test(Subscript.Path(rendering, item, attribute));
    }

    private static Func<Value, bool> Not(Func<Value, bool> test) => item => !test(item);

    private static Operation Named(string kind, Func<string, Operation?> find, Value name) =>
        find(PythonRepr.Str(name))
        ?? throw new TemplateFault($"No {kind} named {PythonRepr.Of(name)}.");
}
