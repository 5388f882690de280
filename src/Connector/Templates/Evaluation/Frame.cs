namespace SkPaged.Connector.Templates;

/// <summary>
/// Where a statement runs: the render it belongs to, the names it sees, and where it writes.
/// </summary>
internal sealed record Frame(Rendering Rendering, Scope Scope, TextBuilder Output)
{
    public Frame InNewScope() => this with { Scope = new Scope(Scope) };

    /// <summary>A frame in a new scope whose output is kept apart.</summary>
    public Frame Captured() => new(Rendering, new Scope(Scope), new TextBuilder());
}
