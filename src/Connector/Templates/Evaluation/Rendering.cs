using System.Runtime.CompilerServices;

namespace SkPaged.Connector.Templates;

/// <summary>One render: its clock, and what it has used of its limits.</summary>
internal sealed class Rendering(TimeProvider clock)
{
    private long steps = TemplateLimits.MaxSteps;
    private int depth;

    public TimeProvider Clock { get; } = clock;

    /// <summary>Begins an expression or block inside the current one.</summary>
    public void Enter()
    {
        Spend(1);
        // The count is the limit; the look at the stack is for callers that left little of theirs.
        if (++depth > TemplateLimits.MaxCallDepth
            || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateFault(
                $"expressions and macro calls nested deeper than {TemplateLimits.MaxCallDepth}");
        }
    }

    public void Leave() => depth--;

    /// <exception cref="TemplateFault">The render has used up <see cref="TemplateLimits.MaxSteps"/>.</exception>
    public void Spend(long count)
    {
        if ((steps -= count) < 0)
            throw new TemplateFault($"more than {TemplateLimits.MaxSteps:N0} steps in one render");
    }

    /// <summary>Pays for what an operation read and made.</summary>
    public void SpendOn(Value subject, Value result)
    {
        if (result is Value.Text { Chars.Length: > TemplateLimits.MaxTextLength })
        {
            throw new TemplateFault(
                $"a text of more than {TemplateLimits.MaxTextLength:N0} characters");
        }

        Spend((subject is Value.Text ? subject.Weight : 0) + result switch
        {
            Value.Text => result.Weight,
            Value.Sequence sequence => sequence.Items.Length,
            _ => 0,
        });
    }

    /// <summary>The elements of an iterable, each of which costs a step.</summary>
    /// <exception cref="TemplateFault">The value cannot be iterated; at once, not at the first element.</exception>
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
