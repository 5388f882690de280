using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>Macros: functions whose value is the text that their body writes.</summary>
internal static class Macro
{
    /// <summary>
    /// A macro that sees the names around its definition, with the values they have when it runs.
    /// </summary>
    public static Value.Callable Define(MacroDefinition macro, Frame defining) =>
        new(macro.Name ?? "caller", "Macro", (rendering, arguments) =>
        {
            var frame = new Frame(rendering, new Scope(defining.Scope), new TextBuilder());
            Bind(macro, arguments, frame);
            Executor.Execute(macro.Body, frame);
            return new Value.Text(frame.Output.ToString());
        });

    /// <summary>
    /// Calls what a call block names, which finds the block's body as <c>caller</c>.
    /// </summary>
    public static Value CallWithBody(Statement.CallBlock block, Frame frame)
    {
        var callee = Evaluator.Evaluate(block.Call.Callee, frame);
        var arguments = Evaluator.Evaluate(block.Call.Arguments, frame);
        var named = arguments.Named.Add(("caller", Define(block.Body, frame)));
        return Evaluator.Invoke(callee, arguments with { Named = named }, frame.Rendering);
    }

    private static void Bind(MacroDefinition macro, Arguments arguments, Frame frame)
    {
        var (positional, named) = arguments;
        var given = macro.Parameters
            .Select((parameter, i) =>
                i < positional.Length ? positional[i] : Take(ref named, parameter.Name))
            .ToList();
        if (macro.UsesCaller)
        {
            frame.Scope.Set("caller", Take(ref named, "caller")
                ?? new Value.Undefined(null, null, "No caller defined"));
        }

        BindRest(macro, positional, named, frame);
        foreach (var ((name, fallback), value) in macro.Parameters.Zip(given))
            frame.Scope.Set(name, value ?? Fallback(name, fallback, frame));
    }

    private static void BindRest(
        MacroDefinition macro,
        ImmutableArray<Value> positional,
        ImmutableArray<(string Name, Value Value)> named,
        Frame frame)
    {
        if (macro.UsesNamedRest)
            frame.Scope.Set("kwargs", Globals.DictOf(named));
        else if (!named.IsEmpty)
            throw new TemplateFault(
                $"macro '{macro.Name}' takes no keyword argument '{named[0].Name}'");
        var count = macro.Parameters.Length;
        if (macro.UsesPositionalRest)
            frame.Scope.Set("varargs", new Value.Tuple([.. positional.Skip(count)]));
        else if (positional.Length > count)
            throw new TemplateFault(
                $"macro '{macro.Name}' takes not more than {count} argument(s)");
    }

    private static Value Fallback(string name, Expression? fallback, Frame frame) =>
        fallback is null
            ? new Value.Undefined(null, null, $"parameter '{name}' was not provided")
            : Evaluator.Evaluate(fallback, frame);

    private static Value? Take(ref ImmutableArray<(string Name, Value Value)> named, string name)
    {
        for (var i = 0; i < named.Length; i++)
        {
            if (named[i].Name != name)
                continue;
            var value = named[i].Value;
            named = named.RemoveAt(i);
            return value;
        }

        return null;
    }
}
