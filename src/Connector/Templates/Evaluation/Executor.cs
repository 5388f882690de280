using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>What follows a statement: the next one, or the end of the loop's body.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>Executes statements: writes a template's output.</summary>
internal static class Executor
{
    public static Flow Execute(ImmutableArray<Statement> body, Frame frame)
    {
        foreach (var statement in body)
        {
            var flow = Execute(statement, frame);
            if (flow != Flow.Next)
                return flow;
        }

        return Flow.Next;
    }

    private static Flow Execute(Statement statement, Frame frame)
    {
        frame.Rendering.Enter();
        try
        {
            var flow = Dispatch(statement, frame);
            frame.Rendering.Leave();
            return flow;
        }
        catch (TemplateFault fault) when (fault.NotePlace(statement.At))
        {
            throw;
        }
    }

    private static Flow Dispatch(Statement statement, Frame frame)
    {
        switch (statement)
        {
            case Statement.Data data:
                return Print(data.Text, frame);
            case Statement.Print print:
                return Print(Evaluator.Evaluate(print.Shown, frame), frame);
            case Statement.If choice:
                return Execute(Chosen(choice, frame), frame);
            case Statement.For loop:
                return Loop(loop, frame);
            case Statement.Break:
                return Flow.Break;
            case Statement.Continue:
                return Flow.Continue;
            case Statement.Set set:
                Assignment.CheckNamespaces(set.Target, frame);
                return Assign(set.Target, Evaluator.Evaluate(set.Value, frame), frame);
            case Statement.SetBlock set:
                return Assign(set.Target, Capture(set.Body, set.Filters, frame), frame);
            case Statement.FilterBlock filter:
                return Print(Capture(filter.Body, filter.Filters, frame), frame);
            case Statement.With with:
                return With(with, frame);
            case Statement.Macro macro:
                frame.Scope.Set(macro.Name, Macro.Define(macro.Definition, frame));
                return Flow.Next;
            case Statement.CallBlock call:
                return Print(Macro.CallWithBody(call, frame), frame);
            default:
                throw new InvalidOperationException($"no statement: {statement.GetType()}");
        }
    }

    private static Flow Print(Value value, Frame frame)
    {
        frame.Output.Append(frame.Rendering.Str(value));
        return Flow.Next;
    }

    private static Flow Assign(Target target, Value value, Frame frame)
    {
        Assignment.Assign(target, value, frame);
        return Flow.Next;
    }

    private static ImmutableArray<Statement> Chosen(Statement.If choice, Frame frame)
    {
        foreach (var (condition, body) in choice.Branches)
        {
            if (Truth.Of(Evaluator.Evaluate(condition, frame)))
                return body;
        }

        return choice.Else;
    }

    private static Flow Loop(Statement.For loop, Frame frame)
    {
        var source = Evaluator.Evaluate(loop.Source, frame);
        var items = frame.Rendering.Each(source);
        using var state = loop.Filter is null
            ? new LoopState(items, Iteration.Length(source))
            : new LoopState(items.Where(item => Passes(loop, item, frame)), null);
        var otherwise = true;
        while (state.MoveNext())
        {
            var inner = frame.InNewScope();
            inner.Scope.Set("loop", new Value.Loop(state));
            Assignment.Assign(loop.Target, state.Current, inner);
            var flow = Execute(loop.Body, inner);
            if (flow == Flow.Break)
                break;
            // As in Jinja, only an iteration that reaches its end counts as one.
            otherwise &= flow == Flow.Continue;
        }

        return otherwise ? Execute(loop.Else, frame.InNewScope()) : Flow.Next;
    }

    private static bool Passes(Statement.For loop, Value item, Frame frame)
    {
        var inner = frame.InNewScope();
        Assignment.Assign(loop.Target, item, inner);
        return loop.Filter is null || Truth.Of(Evaluator.Evaluate(loop.Filter, inner));
    }

    private static Value Capture(
        ImmutableArray<Statement> body, ImmutableArray<BuiltinUse> filters, Frame frame)
    {
        var captured = frame.Captured();
        Execute(body, captured);
        Value value = new Value.Text(captured.Output.ToString());
        return filters.Aggregate(value, (input, use) => Evaluator.Apply(use, input, captured));
    }

    private static Flow With(Statement.With with, Frame frame)
    {
        var inner = frame.InNewScope();
        foreach (var (target, value) in with.Bindings)
            Assignment.Assign(target, Evaluator.Evaluate(value, frame), inner);
        return Execute(with.Body, inner);
    }
}
