using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>What is known of an unfinished request beside its sequences.</summary>
/// <remarks>
/// Its sequences have the ids [First, First + Width), in order of its samples: they stand side by
/// side wherever they are.
/// </remarks>
/// <param name="First">Its sequence before it forked, and of its first sample then.</param>
/// <param name="Width">Sequences that it may run at once.</param>
/// <param name="Living">Samples that are not over.</param>
/// <param name="Ranks">What those that are over were worth; only where they are ranked.</param>
public sealed record Ongoing(
    SequenceId First, int Width, int Living, ImmutableArray<SampleRank> Ranks)
{
    /// <summary>A request that has just been taken in.</summary>
    public static Ongoing Of(SequenceId first, Request request) =>
        new(first, request.Width, request.Width, []);

    /// <summary>Whether a sequence is one of its own.</summary>
    public bool Has(SequenceId id) => id.Value >= First.Value && id.Value < First.Value + Width;
}

/// <summary>What a sample that is over was worth.</summary>
/// <param name="Sample">Which.</param>
/// <param name="Worth">Mean log probability of its tokens; -infinity where it was cut off.</param>
public readonly record struct SampleRank(int Sample, double Worth);
