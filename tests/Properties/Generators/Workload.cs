using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>A configuration and what is asked of a scheduler under it. Replays exactly.</summary>
public sealed record Workload(SchedulerConfig Config, ImmutableArray<Command> Commands)
{
    public override string ToString() =>
        $"{Show.Config(Config)}{Environment.NewLine}  {string.Join("; ", Commands)}";
}
