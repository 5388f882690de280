using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Runs plans on torch: on CPUs with own kernels around torch's matrix products, elsewhere with
/// torch alone, as for float16. Owns weights, KV cache, host cache and worker threads.
/// </summary>
/// <remarks>
/// On a CPU the team's threads share out the work, and each of torch's calls stays on its thread:
/// torch's own pool would compete with them for the same cores. That is a setting of the process.
/// </remarks>
public sealed class TorchExecutor : IStepExecutor
{
    private readonly DecoderWeights _weights;
    private readonly KvCache _cache;
    private readonly HostCache? _host;
    private readonly BlockTraffic _traffic;
    private readonly WorkerTeam _team;
    private readonly Decoder _decoder;
    private readonly RowSampler _sampler;
    private readonly int _torchThreads;
    private int _thread = -1;
    private bool _disposed;

    /// <summary>Builds an executor; owns <paramref name="weights"/> from the start.</summary>
    internal TorchExecutor(ModelConfig config, DecoderWeights weights, TorchExecutorOptions options)
    {
        var isCpu = options.Device.type == DeviceType.CPU;
        var useKernels = isCpu && options.UseKernels && HasFastVectors
            && Supports(config, weights.DType);
        _weights = weights;
        _torchThreads = useKernels ? 1 : options.Threads;
        try
        {
            _team = new(isCpu ? options.Threads : 1, static () => new TorchThread(threads: 1));
            using var _ = inference_mode();
            _cache = KvCache.Allocate(
                config, weights.DType, options.Device, options.Blocks, options.BlockSize,
                clear: !useKernels);
            _host = options.HostBlocks > 0 ? HostCache.Allocate(_cache, options.HostBlocks) : null;
            _traffic = new(_cache, _host, (from, to) => BlockMover.Between(from, to, _team));
            var rotary = options.Rotary ?? RotaryTable.Of(config, options.LengthMax);
            _decoder = useKernels
                ? KernelDecoder(config, rotary, options)
                : new TorchDecoder(config, weights, _cache, rotary);
            _sampler = new(_team, config.VocabularySize);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether this processor has the instructions that own kernels need.</summary>
    /// <remarks>
    /// Without them each lane's multiply-add is a call of the C library: there torch, which
    /// compiles for every processor, is far ahead of our kernels.
    /// </remarks>
    internal static bool HasFastVectors =>
        Vector256.IsHardwareAccelerated || AdvSimd.IsSupported;

    /// <summary>
    /// Tests look at the logits here: [sampling rows, vocabulary], before the draw.
    /// </summary>
    internal Action<StepPlan, Tensor>? LogitsSeen { get; set; }

    /// <summary>Bytes of weights that every step reads.</summary>
    internal long WeightBytesPerStep => _weights.BytesPerStep;

    /// <summary>
    /// Tests write this into all slots, of the host's blocks too: who reads one before it is
    /// written then always reads the same.
    /// </summary>
    internal void FillSlots(float value)
    {
        using var _ = inference_mode();
        foreach (var tensor in _cache.Tensors.Concat(_host?.Tensors ?? []))
            tensor.fill_(value);
    }

    /// <inheritdoc/>
    public StepResult Execute(StepPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _cache.ThrowIfOtherBlocks(plan);
        EnterThread();
        using var _ = inference_mode();
        _team.Wake();
        try
        {
            _traffic.Move(plan);
            var logits = _decoder.Forward(plan);
            LogitsSeen?.Invoke(plan, logits);
            using var wide = logits.dtype == ScalarType.Float16
                ? logits.to(ScalarType.Float32)
                : null;
            return new(plan.Id, _sampler.DrawAll(plan, wide ?? logits));
        }
        finally
        {
            _team.Rest();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        // All but the weights are missing where the constructor failed.
        _team?.Dispose();
        _decoder?.Dispose();
        _host?.Dispose();
        _cache?.Dispose();
        _weights.Dispose();
    }

    private Decoder KernelDecoder(
        ModelConfig config, RotaryTable rotary, TorchExecutorOptions options) =>
        _weights.DType == ScalarType.Float32
            ? new SimdDecoder<Float32Element>(
                config, _weights, _cache, rotary, _team, options.TokensMax, options.SamplesMax)
            : new SimdDecoder<BFloat16Element>(
                config, _weights, _cache, rotary, _team, options.TokensMax, options.SamplesMax);

    private static bool Supports(ModelConfig config, ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => SimdDecoder<Float32Element>.Supports(config),
        ScalarType.BFloat16 => SimdDecoder<BFloat16Element>.Supports(config),
        _ => false,
    };

    // Torch keeps its count of threads for each thread that calls it.
    private void EnterThread()
    {
        if (_thread == Environment.CurrentManagedThreadId)
            return;
        set_num_threads(_torchThreads);
        _thread = Environment.CurrentManagedThreadId;
    }
}
