using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A sequence whose prompt is computed becomes as many as its request has samples: each with a
/// token of its own, all with the same blocks. Nothing is copied before one of them writes.
/// Source: SOSP '23, section 4.4 and figure 8.
/// </summary>
internal static class Fork
{
    /// <summary>
    /// The samples of <paramref name="sequence"/>, each with its token; their tables are one.
    /// </summary>
    public static ImmutableArray<Sequence> Of(Sequence sequence, ReadOnlySpan<SampledToken> tokens)
    {
        var samples = ImmutableArray.CreateBuilder<Sequence>(tokens.Length);
        for (var sample = 0; sample < tokens.Length; sample++)
        {
            samples.Add(sequence with
            {
                Id = new SequenceId(sequence.Id.Value + sample),
                Sample = sequence.Sample + sample,
                Tokens = sequence.Tokens.Append(tokens[sample].Token),
                Logprobs = Rank.Sum(sequence, tokens[sample]),
            });
        }

        return samples.DrainToImmutable();
    }

    /// <summary>
    /// The blocks that <paramref name="sequence"/> needs for the tokens it has. One that will fork
    /// needs a last block for each of its samples: all write behind the prompt.
    /// </summary>
    public static int BlocksFor(Sequence sequence, int blockSize) =>
        sequence.Width == 1
            ? BlockTable.BlocksFor(sequence.Tokens.Count, blockSize)
            : sequence.Tokens.Count / blockSize + sequence.Width;
}
