using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// Draws tokens where the logits lie. The tokens stay there for the next step; they, and log
/// probabilities that were asked for, are all that comes back.
/// </summary>
internal sealed unsafe class DeviceSampler : IDisposable
{
    private readonly DecoderKernels _kernels;
    private readonly CudaBuffers _buffers;
    private readonly CudaStream _stream;
    private readonly Device _device;
    private readonly UploadBuffer _upload;
    private readonly DrawReader _reader;
    private readonly int _drawsMax;
    private readonly int _vocabularySize;
    private readonly nint _logits;
    private DeviceMemory? _results;

    /// <param name="kernels">Stay the caller's, as all that follows.</param>
    /// <param name="buffers">Where logits and drawn tokens lie.</param>
    /// <param name="drawsMax">Tokens that a step may draw.</param>
    /// <param name="device">The kernels' own.</param>
    /// <param name="stream">The kernels' own.</param>
    public DeviceSampler(
        DecoderKernels kernels, CudaBuffers buffers, int drawsMax, Device device,
        CudaStream stream)
    {
        (_kernels, _buffers, _drawsMax, _device, _stream) =
            (kernels, buffers, drawsMax, device, stream);
        _vocabularySize = (int)buffers.Logits.shape[1];
        _logits = (nint)TensorMemory.Pointer(buffers.Logits);
        _upload = new(device, stream);
        _reader = new(_vocabularySize);
    }

    /// <summary>Reads a plan; nothing is sent.</summary>
    /// <exception cref="ArgumentException">It cannot be drawn: the message says why.</exception>
    public void Read(StepPlan plan)
    {
        if (plan.SamplesTotal > _drawsMax)
            throw new ArgumentException(
                $"{plan.Id} draws {plan.SamplesTotal} tokens; the executor takes {_drawsMax}.");
        _reader.Read(plan);
    }

    /// <summary>Puts all draws of the plan that was read into the stream.</summary>
    /// <param name="answer">Where the results go; they are there once the stream is.</param>
    public void Draw(StepAnswer answer)
    {
        answer.Reserve(_reader.Results);
        if (_reader.Requests.Count == 0)
            return;
        var requests = CollectionsMarshal.AsSpan(_reader.Requests);
        var adjustments = CollectionsMarshal.AsSpan(_reader.Adjustments.Adjustments);
        var entries = CollectionsMarshal.AsSpan(_reader.Adjustments.Entries);
        var second = (nint)requests.Length * sizeof(DrawRequest);
        var third = second + (nint)adjustments.Length * sizeof(Adjustment);
        var bytes = third + (nint)entries.Length * sizeof(AdjustmentEntry);
        _upload.Reserve(bytes);
        requests.CopyTo(new((void*)_upload.Host, requests.Length));
        adjustments.CopyTo(new((void*)(_upload.Host + second), adjustments.Length));
        entries.CopyTo(new((void*)(_upload.Host + third), entries.Length));
        _upload.Send(bytes);
        if (adjustments.Length > 0)
            _kernels.AdjustLogits(
                _logits, _upload.Device + second, _upload.Device + third, _buffers.Drawn,
                adjustments.Length, _vocabularySize);
        var size = (long)_reader.Results * sizeof(FoundToken);
        ReserveResults(size);
        _kernels.DrawTokens(
            _logits, _upload.Device, _results!.Address, _buffers.Drawn, requests.Length,
            _vocabularySize);
        _stream.CopyToHost(answer.Address, _results.Address, size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _upload.Dispose();
        _results?.Dispose();
    }

    // Kernels of this stream alone read and write it, one after the other.
    private void ReserveResults(long bytes)
    {
        if (_results?.Bytes >= bytes)
            return;
        var more = Math.Max(Math.Max(4096, bytes), (_results?.Bytes ?? 0) * 3 / 2);
        _results?.Dispose();
        _results = null;
        _results = new(_device, more);
    }
}
