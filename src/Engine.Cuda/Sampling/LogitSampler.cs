using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// Draws from logits that lie on a device: the most likely tokens are found there, and only rows
/// that want more send their logits to the host.
/// </summary>
internal sealed unsafe class LogitSampler : IDisposable
{
    private readonly DecoderKernels _kernels;
    private readonly CudaBuffers _buffers;
    private readonly CudaStream _stream;
    private readonly WorkerTeam _team;
    private readonly RowSampler _rows;
    private readonly PinnedMemory _mostLikely;
    private readonly long _rowBytes;
    private readonly int _vocabularySize;
    private PinnedMemory? _logits;
    private int _samples;
    private int _others;

    /// <param name="kernels">Stay the caller's, as all that follows.</param>
    /// <param name="buffers">Where logits and most likely tokens lie.</param>
    /// <param name="stream">The kernels' own.</param>
    /// <param name="team">Who draws on the host.</param>
    public LogitSampler(
        DecoderKernels kernels, CudaBuffers buffers, CudaStream stream, WorkerTeam team)
    {
        (_kernels, _buffers, _stream, _team) = (kernels, buffers, stream, team);
        _vocabularySize = (int)buffers.Logits.shape[1];
        _rowBytes = (long)_vocabularySize * sizeof(float);
        LogitsAddress = (nint)TensorMemory.Pointer(buffers.Logits);
        _rows = new(team, _vocabularySize);
        _mostLikely = PinnedMemory.Allocate(buffers.Logits.shape[0] * sizeof(int));
    }

    private nint LogitsAddress { get; }

    /// <summary>Puts all that the device does for the draws into the stream.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="samples">Its rows that sample.</param>
    public void Begin(StepPlan plan, int samples)
    {
        _samples = samples;
        if (samples == 0)
            return;
        _kernels.MostLikely(LogitsAddress, _buffers.MostLikely, samples, _vocabularySize);
        _stream.CopyToHost(_mostLikely.Value, _buffers.MostLikely, samples * sizeof(int));
        _others = OthersOf(plan);
        Reserve(_others * _rowBytes);
        var (source, target) = (0, 0);
        for (var row = 0; row < plan.Rows; row++)
        {
            if (!plan.Samples(row))
                continue;
            if (!RowSampler.IsPlain(plan, row))
                _stream.CopyToHost(
                    _logits!.Value + (nint)(target++ * _rowBytes),
                    LogitsAddress + (nint)(source * _rowBytes), _rowBytes);
            source++;
        }
    }

    /// <summary>The tokens, once the stream is done.</summary>
    /// <exception cref="LogitsException">A row has no token to draw.</exception>
    public ImmutableArray<SampledToken> End(StepPlan plan)
    {
        if (_samples == 0)
            return [];
        // Helpers are worth waking for draws alone.
        if (_others > 0)
            _team.Wake();
        try
        {
            return _rows.DrawAll(
                plan, new ReadOnlySpan<int>((void*)_mostLikely.Value, _samples),
                new(_logits?.Value ?? 0, IsWide: true, _vocabularySize));
        }
        finally
        {
            _team.Rest();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mostLikely.Dispose();
        _logits?.Dispose();
    }

    private static int OthersOf(StepPlan plan)
    {
        var others = 0;
        for (var row = 0; row < plan.Rows; row++)
            if (plan.Samples(row) && !RowSampler.IsPlain(plan, row))
                others++;
        return others;
    }

    private void Reserve(long bytes)
    {
        if (bytes == 0 || _logits?.Bytes >= bytes)
            return;
        var more = Math.Max(bytes, (_logits?.Bytes ?? 0) * 3 / 2);
        _logits?.Dispose();
        _logits = null;
        _logits = PinnedMemory.Allocate(more);
    }
}
