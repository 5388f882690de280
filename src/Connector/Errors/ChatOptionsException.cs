using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector;

/// <summary>Options out of range, of the wrong type or in conflict: all of them at once.</summary>
/// <param name="errors">At least one; the names are those that the caller used.</param>
public sealed class ChatOptionsException(ImmutableArray<ParameterError> errors)
    : ChatRequestException(string.Join(" ", errors.Select(error => error.Message)))
{
    /// <summary>What is wrong, in the order of the options.</summary>
    public ImmutableArray<ParameterError> Errors { get; } = errors;
}
