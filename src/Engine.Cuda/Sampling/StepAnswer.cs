using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>Where the results of a step's draws come to: pinned memory that grows.</summary>
internal sealed unsafe class StepAnswer(int vocabularySize) : IDisposable
{
    private PinnedMemory? _memory;
    private int _count;

    /// <summary>Of the first one.</summary>
    public nint Address => _memory?.Value ?? 0;

    private ReadOnlySpan<FoundToken> Found => new((void*)Address, _count);

    /// <summary>Makes room for so many results; nothing is on its way here.</summary>
    public void Reserve(int count)
    {
        _count = count;
        var bytes = (long)count * sizeof(FoundToken);
        if (bytes == 0 || _memory?.Bytes >= bytes)
            return;
        var more = Math.Max(Math.Max(4096, bytes), (_memory?.Bytes ?? 0) * 3 / 2);
        _memory?.Dispose();
        _memory = null;
        _memory = PinnedMemory.Allocate(more);
    }

    /// <summary>The samples of the plan whose results are here.</summary>
    /// <exception cref="LogitsException">A row has no token to draw.</exception>
    public ImmutableArray<SampledToken> Of(StepPlan plan)
    {
        var samples = ImmutableArray.CreateBuilder<SampledToken>(plan.SamplesTotal);
        var tops = plan.SamplesTotal;
        for (var row = 0; row < plan.Rows; row++)
            for (var i = 0; i < plan.Draws[row].Count; i++)
            {
                var found = Found[samples.Count];
                ThrowIfNone(plan, row, found.Token);
                var wanted = DrawReader.TopsOf(plan.Samplings[row]!, vocabularySize);
                if (wanted < 0)
                {
                    samples.Add(new(new(found.Token)));
                    continue;
                }
                samples.Add(
                    new(new(found.Token), found.Logprob, TopOf(Found.Slice(tops, wanted))));
                tops += wanted;
            }
        return samples.MoveToImmutable();
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();

    // Fewer tokens may be allowed than were asked for.
    private static ImmutableArray<TokenLogprob> TopOf(ReadOnlySpan<FoundToken> found)
    {
        var top = ImmutableArray.CreateBuilder<TokenLogprob>(found.Length);
        foreach (var (token, logprob) in found)
            if (token >= 0)
                top.Add(new(new(token), logprob));
        return top.DrainToImmutable();
    }

    private static void ThrowIfNone(StepPlan plan, int row, int token)
    {
        if (token < 0)
            throw new LogitsException(
                plan.Sequences[row], plan.FirstPositions[row] + plan.TokenCounts[row],
                token == FoundToken.AllForbidden
                    ? "all tokens are forbidden"
                    : "the model gave NaN or infinity");
    }
}
