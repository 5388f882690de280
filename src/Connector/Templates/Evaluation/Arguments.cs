using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>The evaluated arguments of a call.</summary>
internal sealed record Arguments(
    ImmutableArray<Value> Positional, ImmutableArray<(string Name, Value Value)> Named)
{
    public static readonly Arguments None = new([], []);

    /// <summary>These without their first positional argument.</summary>
    public Arguments Tail => this with { Positional = Positional.RemoveAt(0) };

    public Value? Find(string name)
    {
        foreach (var (key, value) in Named)
        {
            if (key == name)
                return value;
        }

        return null;
    }
}
