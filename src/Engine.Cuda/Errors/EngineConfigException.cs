using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>An engine was asked for with values that it cannot take: all of them.</summary>
public sealed class EngineConfigException : ArgumentException
{
    /// <summary>Names every wrong value and what it may be.</summary>
    public EngineConfigException(ImmutableArray<ConfigError> errors)
        : base(string.Join(" ", errors.Select(error => error.Message))) => Errors = errors;

    /// <summary>What is wrong, at least one.</summary>
    public ImmutableArray<ConfigError> Errors { get; }
}
