namespace SkPaged.Connector.Templates;

/// <summary>
/// The names set in one block, within those of the blocks around it. Loops, macros and the like have a
/// scope of their own, if has not; a set writes to its own scope only.
/// </summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Value> own = new(StringComparer.Ordinal);

    public void Set(string name, Value value) => own[name] = value;

    public Value? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.own.TryGetValue(name, out var value))
                return value;
        }

        return null;
    }

    private Scope? Outer { get; } = outer;
}
