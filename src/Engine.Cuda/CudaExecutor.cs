using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Runs plans on a CUDA device by kernels of our own and cuBLASLt, in a stream of its own. Torch
/// owns the memory and is not called on the way. Owns weights, KV cache and host cache.
/// </summary>
/// <remarks>
/// Steps in which every row decodes are replayed as captured graphs. Tokens are drawn on the device
/// and stay there for the next step, which may be begun before they are known.
/// </remarks>
public sealed class CudaExecutor : IStepExecutor
{
    // Steps that may be on their way at once: as many as the scheduler plans ahead.
    private const int FlightsMax = 2;

    // Of a sampling row several tokens may be drawn.
    private const int DrawsLeast = 1024;

    private readonly DecoderWeights _weights;
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly DecoderKernels _kernels;
    private readonly KvCache _cache;
    private readonly HostCache? _host;
    private readonly List<CudaBlockMover> _movers = [];
    private readonly BlockTraffic _traffic;
    private readonly StepReader _reader;
    private readonly CudaBuffers _buffers;
    private readonly CudaDecoder _decoder;
    private readonly DecodeGraphs _graphs = new();
    private readonly DeviceSampler _sampler;
    private readonly StepFlight[] _flights;
    private readonly StepLanding _landing;
    private int _flight;
    private bool _disposed;

    /// <summary>Builds an executor; owns <paramref name="weights"/> from the start.</summary>
    /// <exception cref="DeviceUnavailableException">
    /// The device, or a library that is needed to work on it, is not there; or there are no
    /// kernels for the model's sizes.
    /// </exception>
    /// <exception cref="KernelCompilationException">A kernel does not compile.</exception>
    /// <exception cref="CudaException">A call of CUDA failed.</exception>
    internal CudaExecutor(
        ModelConfig config, DecoderWeights weights, TorchExecutorOptions options,
        ILogger? logger = null)
    {
        _weights = weights;
        _flights = [];
        _landing = new(Land);
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
            var draws = options.DrawsMax > 0
                ? options.DrawsMax
                : Math.Max(options.SamplesMax, DrawsLeast);
            _reader = new(config, options, _kernels.QueryUnits, draws, rotary.Positions, _stream);
            _buffers = new(
                config, weights.DType, options.TokensMax, options.SamplesMax, draws,
                _kernels.QueryUnits, options.Device);
            _stream.Clear(_buffers.Counters, _buffers.CounterBytes);
            var choices = options.TuneProducts
                ? options.Choices ?? ProductChoices.Of(
                    _context, MatrixProducts.TypeOf(weights.DType),
                    new(LibTorchEnvironment.Current().CacheFolder))
                : null;
            _decoder = new(config, weights, _cache, rotary, _kernels, _buffers, _stream, choices);
            _sampler = new(_kernels, _buffers, draws, options.Device, _stream);
            _flights =
            [
                .. Enumerable.Range(0, FlightsMax)
                    .Select(_ => new StepFlight(config.VocabularySize)),
            ];
            // Torch wrote weights, tables and zeros in a stream that ours does not wait for.
            _context.Synchronize();
            Prepare(options, choices, logger);
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

    /// <summary>Times steps on the device; null: nobody does. Stays the caller's.</summary>
    internal StepClock? Clock { get; set; }

    /// <summary>True: steps run on the device, one behind the other.</summary>
    public bool IsAsynchronous => true;

    /// <inheritdoc/>
    public StepResult Execute(StepPlan plan) => Land(plan, Launch(plan));

    /// <inheritdoc/>
    public Task<StepResult> Begin(StepPlan plan)
    {
        try
        {
            return _landing.Await(plan, Launch(plan));
        }
        catch (Exception cause)
        {
            return Task.FromException<StepResult>(cause);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _landing.Dispose();
        // What the stream still does, it does with what is freed below. All but the weights are
        // missing where the constructor failed.
        TrySynchronize();
        foreach (var flight in _flights)
            flight.Dispose();
        _graphs.Dispose();
        _sampler?.Dispose();
        _decoder?.Dispose();
        _buffers?.Dispose();
        _reader?.Dispose();
        _movers.ForEach(mover => mover.Dispose());
        _kernels?.Dispose();
        _stream?.Dispose();
        _host?.Dispose();
        _cache?.Dispose();
        _context?.Dispose();
        _weights.Dispose();
    }

    // Products are tuned first: the residual stream holds nonsense afterwards, and no step has yet
    // been. A graph holds what its step was tuned to, loaded by the idle step in front.
    private void Prepare(
        TorchExecutorOptions options, ProductChoices? choices, ILogger? logger)
    {
        if (choices is not null)
            _decoder.Tune(options.TokensMax, samples: 0);
        _graphs.Capture(
            _context, _stream, _reader.GraphRowsMax, options.GraphsOrDefault,
            rows =>
            {
                if (choices is not null)
                    _decoder.Tune(rows, rows);
                _reader.SendIdle(rows);
                _decoder.Forward(_reader.Decode(rows));
            },
            rows => _decoder.Forward(_reader.Decode(rows)));
        if (choices is not null)
        {
            choices.Save();
            logger?.ProductsTuned(choices.Tuned, choices.Took.TotalSeconds, choices.Found);
        }
        logger?.GraphsCaptured(
            _graphs.Count, _graphs.Largest, _graphs.Took.TotalSeconds, _graphs.Bytes >> 20);
    }

    // Puts a step behind all others; gives where its results will come to.
    private StepFlight Launch(StepPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _cache.ThrowIfOtherBlocks(plan);
        var flight = _flights[_flight];
        flight.Board();
        try
        {
            Launch(plan, flight);
            _flight = (_flight + 1) % FlightsMax;
            return flight;
        }
        catch (Exception cause)
        {
            flight.Leave();
            throw Told(cause);
        }
    }

    private void Launch(StepPlan plan, StepFlight flight)
    {
        _context.MakeCurrent();
        // All checks come before the first launch: a plan that is wrong changes nothing.
        var graphRows = _reader.IsDecode(plan) ? _graphs.RowsFor(plan.Rows) : 0;
        _reader.Read(plan, graphRows);
        _traffic.Read(plan);
        _sampler.Read(plan);
        Clock?.Begin(_stream, plan.Rows, plan.TokensTotal);
        _traffic.Move();
        _reader.Send();
        if (graphRows > 0)
            _graphs.Launch(_stream, graphRows);
        else
            _decoder.Forward(_reader.Columns);
        ShowLogits(plan);
        _sampler.Draw(flight.Answer);
        Clock?.End(_stream);
        flight.Done.Record(_stream);
    }

    private StepResult Land(StepPlan plan, StepFlight flight)
    {
        try
        {
            _context.MakeCurrent();
            return flight.Land(plan);
        }
        catch (Exception cause)
        {
            throw Told(cause);
        }
        finally
        {
            flight.Leave();
        }
    }

    private Exception Told(Exception cause) => cause is CudaException { IsFatal: true }
        ? new ExecutorLostException($"{_context.Name} is lost: {cause.Message}", cause)
        : cause;

    private void ShowLogits(StepPlan plan)
    {
        if (LogitsSeen is not { } seen)
            return;
        _stream.Synchronize();
        using var logits = _buffers.Logits.narrow(0, 0, _reader.Samples);
        seen(plan, logits);
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
