using System.Collections.Immutable;

namespace SkPaged.Connector.Requests;

/// <summary>A call that an answer must have.</summary>
/// <param name="Names">Tools of which one must be called, at least 1.</param>
internal sealed record RequiredCall(ImmutableArray<string> Names)
{
    /// <summary>The tool, where there is no other; else null: the model says which.</summary>
    public string? Name => Names is [var only] ? only : null;

    /// <summary>Whether an answer with these calls has it.</summary>
    public bool IsAmong(IEnumerable<string> called) => called.Any(Names.Contains);
}
