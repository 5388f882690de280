namespace SkPaged.Connector.Templates;

/// <summary>
/// The names set in one block, within those of the blocks around it. Loops, macros and the like
/// have a scope of their own, if has not; a set writes to its own scope only.
/// </summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Scope? _outer = outer;
    private readonly Dictionary<string, Value> _own = new(StringComparer.Ordinal);

    public void Set(string name, Value value) => _own[name] = value;

    public Value? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._own.TryGetValue(name, out var value))
                return value;
        }

        return null;
    }
}
