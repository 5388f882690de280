using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// A scheduler with its memory manager, at one moment: a value. Ours and the baselines of the paper
/// answer the engine's own events with its own decisions, so all run behind one driver and on the
/// same executors, and nothing but the management of memory differs.
/// </summary>
internal interface IServing
{
    /// <summary>What holds after <paramref name="evt"/>, and what the world must do.</summary>
    (IServing Next, Seq<Decision> Decisions) Step(Event evt);

    /// <summary>How the KV cache is used, of the step that was planned last.</summary>
    KvUse Use { get; }

    /// <summary>
    /// Says that this value will not be read again; not needed for anything but speed.
    /// </summary>
    void RetireFor(IServing next)
    {
    }
}

/// <summary>
/// Slots of the KV cache, each for one token's K and V. Of the whole region:
/// [held) [reserved for later tokens) [never used by its holder) [nobody's, or lost to rounding).
/// Source: SOSP '23, figure 2.
/// </summary>
/// <param name="Held">Slots that hold a token; one that several share counts once.</param>
/// <param name="Future">Slots that their holder will fill later.</param>
/// <param name="Internal">Slots that their holder asked for and will never fill.</param>
/// <param name="Taken">Slots that are not free: held, future, internal and rounding.</param>
/// <param name="Total">Slots of the cache.</param>
/// <param name="Sequences">
/// Sequences that run; those of a request count as one until its prompt is computed.
/// </param>
/// <param name="IsFull">Whether anybody waits.</param>
/// <param name="BlocksShared">Blocks that sharing saves.</param>
/// <param name="BlocksReferenced">Blocks that there would be without sharing.</param>
internal readonly record struct KvUse(
    long Held, long Future, long Internal, long Taken, long Total, int Sequences,
    bool IsFull, long BlocksShared, long BlocksReferenced);
