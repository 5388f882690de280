using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>A sequence whose KV lies in one chunk, taken when its request started.</summary>
/// <param name="Id">Of its sample; before the prompt is computed, of the first.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Sample">Which of its request's samples it is.</param>
/// <param name="Tokens">Prompt, then output.</param>
/// <param name="Computed">Tokens whose KV is in the chunk.</param>
/// <param name="Chunks">
/// Its own; before the prompt is computed those of all samples, the first's first.
/// </param>
/// <param name="Table">The blocks of its own chunk that it may come to need.</param>
/// <param name="Logprob">Of its output; of beams.</param>
/// <param name="IsOver">It waits for its batch to end, where batches are static.</param>
internal sealed record ReservedSequence(
    SequenceId Id, Request Request, int Sample, AppendLog<TokenId> Tokens, int Computed,
    ImmutableArray<Chunk> Chunks, BlockTable Table, double Logprob = 0, bool IsOver = false)
{
    /// <summary>Tokens still to be computed.</summary>
    public int Pending => Tokens.Count - Computed;

    /// <summary>Sequences that it counts for.</summary>
    public int Width => Chunks.Length;

    /// <summary>A table of consecutive blocks.</summary>
    public static BlockTable TableOf(Chunk chunk, int blocks)
    {
        var ids = new BlockId[Math.Min(blocks, chunk.Blocks)];
        for (var index = 0; index < ids.Length; index++)
            ids[index] = new BlockId(chunk.Offset + index);
        return BlockTable.Empty.Append(ids);
    }
}
