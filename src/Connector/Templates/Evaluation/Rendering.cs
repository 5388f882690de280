using System.Runtime.CompilerServices;

namespace SkPaged.Connector.Templates;

/// <summary>One render: its clock, and what it has used of its limits.</summary>
internal sealed class Rendering(TimeProvider clock)
{
    private long _steps = TemplateLimits.MaxSteps;
    private int _depth;

    public TimeProvider Clock { get; } = clock;

    /// <summary>Begins an expression or block inside the current one.</summary>
    public void Enter()
    {
        Spend(1);
        // The count is the limit; the look at the stack is for callers that left little of theirs.
        if (++_depth > TemplateLimits.MaxCallDepth
            || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateFault(
                $"expressions and macro calls nested deeper than {TemplateLimits.MaxCallDepth}");
        }
    }

    public void Leave() => _depth--;

    /// <exception cref="TemplateFault">
    /// The render has used up <see cref="TemplateLimits.MaxSteps"/>.
    /// </exception>
    public void Spend(long count)
    {
        if ((_steps -= count) < 0)
            throw new TemplateFault($"more than {TemplateLimits.MaxSteps:N0} steps in one render");
    }

    /// <summary>Pays for reading a value: a text or tuple in full, all else by reference.</summary>
    public void SpendOnReading(Value value)
    {
        if (value is Value.Text or Value.Tuple)
            Spend(value.Weight);
    }

    /// <summary>Pays for making a value, and holds texts to their limit.</summary>
    public void SpendOnMaking(Value value)
    {
        if (value is Value.Text { Chars.Length: > TemplateLimits.MaxTextLength })
        {
            throw new TemplateFault(
                $"a text of more than {TemplateLimits.MaxTextLength:N0} characters");
        }

        Spend(value switch
        {
            Value.Text => value.Weight,
            Value.Sequence sequence => sequence.Items.Length,
            Value.View view => view.Items.Length,
            _ => 0,
        });
    }

    /// <summary>The value as text, at the price of all that is in it.</summary>
    public string Str(Value value)
    {
        Spend(value.Weight);
        return PythonRepr.Str(value);
    }

    /// <summary>The elements of an iterable, each of which costs a step.</summary>
    /// <exception cref="TemplateFault">
    /// The value cannot be iterated; at once, not at the first element.
    /// </exception>
    public IEnumerable<Value> Each(Value iterable) => Iteration.Items(iterable) switch
    {
        { } items => Charged(items),
        null => throw new TemplateFault($"'{Describe.TypeOf(iterable)}' object is not iterable"),
    };

    private IEnumerable<Value> Charged(IEnumerable<Value> items)
    {
        foreach (var item in items)
        {
            Spend(1);
            yield return item;
        }
    }
}
