using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// What a built-in takes, read from the form <c>replace(old, new, count=)</c>: parameters with a
/// <c>=</c> may be left out.
/// </summary>
internal sealed record Signature(string Name, ImmutableArray<string> Parameters, int Required)
{
    public static Signature Parse(string form)
    {
        var open = form.IndexOf('(');
        var parameters = form[(open + 1)..^1]
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new Signature(
            form[..open],
            [.. parameters.Select(parameter => parameter.TrimEnd('='))],
            parameters.Count(parameter => !parameter.EndsWith('=')));
    }

    /// <summary>Assigns arguments to parameters; those left out are null.</summary>
    /// <exception cref="TemplateFault">Too many, unknown, doubled or missing arguments.</exception>
    public Given Bind(Arguments arguments)
    {
        if (arguments.Positional.Length > Parameters.Length)
        {
            throw new TemplateFault(
                $"{Name}() takes at most {Parameters.Length} arguments"
                + $" ({arguments.Positional.Length} given)");
        }

        var values = new Value?[Parameters.Length];
        arguments.Positional.CopyTo(values!);
        foreach (var (name, value) in arguments.Named)
            values[SlotOf(name, values)] = value;
        for (var i = 0; i < Required; i++)
        {
            if (values[i] is null)
                throw new TemplateFault($"{Name}() missing required argument '{Parameters[i]}'");
        }

        return new Given(this, values);
    }

    private int SlotOf(string name, Value?[] values)
    {
        var slot = Parameters.IndexOf(name);
        return slot < 0
            ? throw new TemplateFault($"{Name}() got an unexpected keyword argument '{name}'")
            : values[slot] is null
                ? slot
                : throw new TemplateFault($"{Name}() got multiple values for argument '{name}'");
    }
}
