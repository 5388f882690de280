using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Evaluates expressions: a walk of the tree, one method for each kind that needs one.
/// </summary>
internal static class Evaluator
{
    public static Value Evaluate(Expression expression, Frame frame)
    {
        frame.Rendering.Enter();
        try
        {
            var value = Dispatch(expression, frame);
            frame.Rendering.Leave();
            return value;
        }
        catch (TemplateFault fault) when (fault.NotePlace(expression.At))
        {
            throw;
        }
    }

    /// <summary>Evaluates the arguments of a call, in the order written.</summary>
    public static Arguments Evaluate(ImmutableArray<Argument> written, Frame frame)
    {
        if (written.IsEmpty)
            return Arguments.None;
        var positional = ImmutableArray.CreateBuilder<Value>(written.Length);
        var named = ImmutableArray.CreateBuilder<(string, Value)>();
        foreach (var (kind, name, expression) in written)
        {
            var value = Evaluate(expression, frame);
            if (kind == ArgumentKind.Positional)
                positional.Add(value);
            else if (kind == ArgumentKind.Named)
                named.Add((name, value));
            else if (kind == ArgumentKind.Rest)
                positional.AddRange(frame.Rendering.Each(value));
            else
                named.AddRange(Entries(value, frame));
        }

        return new Arguments(positional.ToImmutable(), named.ToImmutable());
    }

    /// <summary>Applies a filter or test to an input.</summary>
    public static Value Apply(BuiltinUse use, Value input, Frame frame)
    {
        var arguments = Evaluate(use.Arguments, frame);
        return use.Run is { } run
            ? run(frame.Rendering, input, arguments)
            : throw new TemplateFault($"no filter or test named '{use.Name}'");
    }

    private static Value Dispatch(Expression expression, Frame frame) => expression switch
    {
        Expression.Constant constant => constant.Value,
        Expression.Name name => Lookup(name.Id, frame),
        Expression.Attribute attribute =>
            Subscript.Attribute(Evaluate(attribute.Owner, frame), attribute.Key),
        Expression.Item item =>
            Subscript.Item(
                frame.Rendering, Evaluate(item.Owner, frame), Evaluate(item.Key, frame)),
        Expression.Binary binary => EvaluateBinary(binary, frame),
        Expression.Comparison comparison => Value.Of(Holds(comparison, frame)),
        Expression.And and => Evaluate(and.Left, frame) is var left && Truth.Of(left)
            ? Evaluate(and.Right, frame)
            : left,
        Expression.Or or => Evaluate(or.Left, frame) is var left && Truth.Of(left)
            ? left
            : Evaluate(or.Right, frame),
        Expression.Unary unary => EvaluateUnary(unary.Operator, Evaluate(unary.Operand, frame)),
        Expression.Filter filter => Apply(filter.Use, Evaluate(filter.Input, frame), frame),
        Expression.Test test => Apply(test.Use, Evaluate(test.Input, frame), frame),
        Expression.Call call => Call(call, frame),
        Expression.Conditional conditional => EvaluateConditional(conditional, frame),
        Expression.Concat concat => EvaluateConcat(concat, frame),
        Expression.Slice slice => EvaluateSlice(slice, frame),
        Expression.List list => new Value.List(EvaluateAll(list.Items, frame)),
        Expression.Tuple tuple => new Value.Tuple(EvaluateAll(tuple.Items, frame)),
        Expression.Dict dict => EvaluateDict(dict, frame),
        _ => throw new InvalidOperationException($"no expression: {expression.GetType()}"),
    };

    private static Value Lookup(string name, Frame frame) =>
        frame.Scope.Find(name)
        ?? Globals.Find(name)
        ?? new Value.Undefined(null, new Value.Text(name));

    private static ImmutableArray<Value> EvaluateAll(
        ImmutableArray<Expression> expressions, Frame frame)
    {
        var values = ImmutableArray.CreateBuilder<Value>(expressions.Length);
        foreach (var expression in expressions)
            values.Add(Evaluate(expression, frame));
        return values.MoveToImmutable();
    }

    private static IEnumerable<(string, Value)> Entries(Value value, Frame frame) =>
        value is Value.Dict dict
            ? frame.Rendering.Each(dict).Select(key => (PythonRepr.Str(key), dict.Find(key)!))
            : throw new TemplateFault("the argument after ** must be a dict");

    private static Value Call(Expression.Call call, Frame frame)
    {
        var callee = Evaluate(call.Callee, frame);
        return Invoke(callee, Evaluate(call.Arguments, frame), frame.Rendering);
    }

    public static Value Invoke(Value callee, Arguments arguments, Rendering rendering) =>
        callee switch
        {
            Value.Callable callable => callable.Invoke(rendering, arguments),
            Value.Undefined undefined => throw undefined.Fault(),
            _ => throw new TemplateFault($"'{Describe.TypeOf(callee)}' object is not callable"),
        };

    private static Value EvaluateBinary(Expression.Binary binary, Frame frame)
    {
        var left = Evaluate(binary.Left, frame);
        var right = Evaluate(binary.Right, frame);
        // A format may print all of its right side.
        if (binary.Operator == BinaryOperator.Modulo)
            frame.Rendering.Spend(left.Weight + right.Weight);
        var value = Arithmetic.Apply(binary.Operator, left, right);
        frame.Rendering.SpendOnMaking(value);
        return value;
    }

    private static Value EvaluateUnary(UnaryOperator op, Value operand) => op switch
    {
        UnaryOperator.Not => Value.Of(!Truth.Of(operand)),
        UnaryOperator.Negate => Arithmetic.Negate(operand),
        _ => Arithmetic.Plus(operand),
    };

    private static bool Holds(Expression.Comparison comparison, Frame frame)
    {
        var left = Evaluate(comparison.First, frame);
        foreach (var (op, operand) in comparison.Links)
        {
            var right = Evaluate(operand, frame);
            if (!Comparing.Holds(frame.Rendering, op, left, right))
                return false;
            left = right;
        }

        return true;
    }

    private static Value EvaluateConditional(Expression.Conditional conditional, Frame frame)
    {
        if (Truth.Of(Evaluate(conditional.Condition, frame)))
            return Evaluate(conditional.Then, frame);
        return conditional.Else is { } otherwise
            ? Evaluate(otherwise, frame)
            : new Value.Undefined(
                null,
                null,
                $"the inline if-expression on line {conditional.At.Line} evaluated to false"
                + " and no else section was defined.");
    }

    private static Value.Text EvaluateConcat(Expression.Concat concat, Frame frame)
    {
        var text = new TextBuilder();
        foreach (var item in concat.Items)
            text.Append(frame.Rendering.Str(Evaluate(item, frame)));
        return new Value.Text(text.ToString());
    }

    private static Value EvaluateSlice(Expression.Slice slice, Frame frame)
    {
        var owner = Evaluate(slice.Owner, frame);
        var value = Slicing.Slice(owner, Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step));
        frame.Rendering.SpendOnReading(owner);
        frame.Rendering.SpendOnMaking(value);
        return value;

        Value? Bound(Expression? bound) => bound is null ? null : Evaluate(bound, frame);
    }

    private static Value.Dict EvaluateDict(Expression.Dict dict, Frame frame)
    {
        var entries = Value.Dict.NewEntries();
        foreach (var (key, value) in dict.Entries)
        {
            var name = Evaluate(key, frame);
            frame.Rendering.SpendOnReading(name);
            entries[name] = Evaluate(value, frame);
        }

        return new Value.Dict(entries);
    }
}
