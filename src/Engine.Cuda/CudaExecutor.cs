using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Runs plans on a CUDA device by kernels of our own and cuBLASLt, in a stream of its own. Torch
/// owns the memory and is not called on the way. Owns weights, KV cache and host cache.
/// </summary>
/// <remarks>
/// The most likely token of a row is found on the device; rows that want more than that (random
/// draws, penalties, log probabilities) send their logits to the host and are drawn there.
/// </remarks>
public sealed class CudaExecutor : IStepExecutor
{
    private readonly DecoderWeights _weights;
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly DecoderKernels _kernels;
    private readonly KvCache _cache;
    private readonly HostCache? _host;
    private readonly List<CudaBlockMover> _movers = [];
    private readonly BlockTraffic _traffic;
    private readonly StepUpload _upload;
    private readonly CudaBuffers _buffers;
    private readonly CudaDecoder _decoder;
    private readonly WorkerTeam _team;
    private readonly LogitSampler _sampler;
    private bool _disposed;

    /// <summary>Builds an executor; owns <paramref name="weights"/> from the start.</summary>
    /// <exception cref="DeviceUnavailableException">
    /// The device, or a library that is needed to work on it, is not there; or there are no
    /// kernels for the model's sizes.
    /// </exception>
    /// <exception cref="KernelCompilationException">A kernel does not compile.</exception>
    /// <exception cref="CudaException">A call of CUDA failed.</exception>
    internal CudaExecutor(ModelConfig config, DecoderWeights weights, TorchExecutorOptions options)
    {
        _weights = weights;
        try
        {
            using var _ = inference_mode();
            var constants = KernelConstants.Of(config, weights.DType, options.BlockSize);
            CudaProbe.ThrowIfUnsupported(constants);
            NativeLibraries.Require(CudaLibrary.Nvrtc);
            _context = CudaContext.Open(Math.Max(0, options.Device.index));
            _stream = CudaStream.Create();
            _kernels = new(
                new(_context, new(LibTorchEnvironment.Current().CacheFolder)), constants, _stream);
            _cache = KvCache.Allocate(
                config, weights.DType, options.Device, options.Blocks, options.BlockSize,
                clear: false);
            _host = options.HostBlocks > 0 ? HostCache.Allocate(_cache, options.HostBlocks) : null;
            _traffic = new(_cache, _host, (from, to) => Mover(from, to, options.Device));
            var rotary = options.Rotary ?? RotaryTable.Of(config, options.LengthMax);
            _upload = new(
                constants, new(config.VocabularySize, options.Blocks, rotary.Positions),
                options.TokensMax, options.SamplesMax, options.Device, _stream);
            _buffers = new(
                config, weights.DType, options.TokensMax, options.SamplesMax, options.Device);
            _decoder = new(config, weights, _cache, rotary, _kernels, _buffers, _stream);
            _team = new(options.Threads);
            _sampler = new(_kernels, _buffers, _stream, _team);
            // Torch wrote weights, tables and zeros in a stream that ours does not wait for.
            _context.Synchronize();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Tests look at the logits here: [sampling rows, vocabulary], on the device, once they are
    /// computed.
    /// </summary>
    internal Action<StepPlan, Tensor>? LogitsSeen { get; set; }

    /// <summary>Bytes of weights that every step reads.</summary>
    internal long WeightBytesPerStep => _weights.BytesPerStep;

    /// <inheritdoc/>
    public StepResult Execute(StepPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _cache.ThrowIfOtherBlocks(plan);
        try
        {
            return Run(plan);
        }
        catch (CudaException cause) when (cause.IsFatal)
        {
            throw new ExecutorLostException($"{_context.Name} is lost: {cause.Message}", cause);
        }
        catch
        {
            // The next step writes to what this one may still be sending.
            TrySynchronize();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        // What the stream still does, it does with what is freed below. All but the weights are
        // missing where the constructor failed.
        TrySynchronize();
        _team?.Dispose();
        _sampler?.Dispose();
        _decoder?.Dispose();
        _buffers?.Dispose();
        _upload?.Dispose();
        _movers.ForEach(mover => mover.Dispose());
        _kernels?.Dispose();
        _stream?.Dispose();
        _host?.Dispose();
        _cache?.Dispose();
        _context?.Dispose();
        _weights.Dispose();
    }

    private StepResult Run(StepPlan plan)
    {
        _context.MakeCurrent();
        // All checks come before the first launch: a plan that is wrong changes nothing.
        _upload.Read(plan);
        _traffic.Read(plan);
        _traffic.Move();
        _upload.Send();
        _decoder.Forward(_upload);
        _sampler.Begin(plan, _upload.Samples);
        _stream.Synchronize();
        if (LogitsSeen is { } seen)
        {
            using var logits = _buffers.Logits.narrow(0, 0, _upload.Samples);
            seen(plan, logits);
        }
        return new(plan.Id, _sampler.End(plan));
    }

    private CudaBlockMover Mover(
        ImmutableArray<Tensor> from, ImmutableArray<Tensor> to, Device device)
    {
        var mover = new CudaBlockMover(from, to, device, _kernels, _stream);
        _movers.Add(mover);
        return mover;
    }

    // Where the device is lost there is nothing to wait for.
    private void TrySynchronize()
    {
        try
        {
            _context?.MakeCurrent();
            _stream?.Synchronize();
        }
        catch (CudaException)
        {
            // The step that was lost with it has told its callers.
        }
    }
}
