using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>Sequences that decode, one token each a step, without scheduler and loop.</summary>
internal sealed class DecodeLoad : IDisposable
{
    private const int BlockSize = 16;

    private readonly IStepExecutor _executor;
    private readonly SamplingParams _sampling;
    private readonly AppendLog<TokenId>[] _logs;
    private readonly BlockTable[] _tables;
    private readonly int _context;
    private int _steps;

    /// <param name="config">The model, filled with random weights.</param>
    /// <param name="dtype">Of weights and cache.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="context">Tokens of each before the first step.</param>
    /// <param name="stepsMax">Steps that there is room for.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="kernels">Whether to use own kernels, or torch alone.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="device">Where; null: on the CPU.</param>
    public DecodeLoad(
        ModelConfig config, ScalarType dtype, int batch, int context, int stepsMax, int threads,
        bool kernels, SamplingParams sampling, Device? device = null)
    {
        (_context, _sampling) = (context, sampling);
        device ??= CPU;
        var blocks = BlockTable.BlocksFor(context + stepsMax, BlockSize);
        var random = new Random(1);
        _logs = [.. Enumerable.Range(0, batch).Select(_ => AppendLog<TokenId>.From(
            [.. Enumerable.Range(0, context)
                .Select(_ => new TokenId(random.Next(config.VocabularySize)))]))];
        _tables = [.. Enumerable.Range(0, batch).Select(sequence => BlockTable.Empty.Append(
            [.. Enumerable.Range(sequence * blocks, blocks).Select(block => new BlockId(block))]))];
        var weights = DecoderWeights.Random(config, dtype, device, seed: 1);
        WeightBytes = weights.BytesPerStep;
        var sizes = new TorchExecutorOptions(
            device, batch * blocks, BlockSize, context + stepsMax, Math.Max(2048, batch), batch,
            threads, kernels);
        _executor = kernels && device.type == DeviceType.CUDA
            ? new CudaExecutor(config, weights, sizes)
            : new TorchExecutor(config, weights, sizes);
        foreach (var chunk in Enumerable.Range(0, batch).Chunk(Math.Max(1, 2048 / context)))
            Execute([.. chunk], context);
    }

    /// <summary>Bytes of weights that every step reads.</summary>
    public long WeightBytes { get; }

    /// <summary>Prefill of one chunk of the first sequence: seconds.</summary>
    public double Prefill(int tokens)
    {
        var start = Stopwatch.GetTimestamp();
        _executor.Execute(Plan([0], first: _ => 0, count: tokens));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>One token for each sequence: seconds.</summary>
    public double Step()
    {
        var start = Stopwatch.GetTimestamp();
        Execute([.. Enumerable.Range(0, _logs.Length)], count: 1);
        _steps++;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _executor.Dispose();

    private void Execute(ImmutableArray<int> sequences, int count)
    {
        var result = _executor.Execute(Plan(sequences, s => _logs[s].Count - count, count));
        for (var row = 0; row < sequences.Length; row++)
            _logs[sequences[row]] = _logs[sequences[row]].Append(result.Samples[row].Token);
    }

    private StepPlan Plan(ImmutableArray<int> sequences, Func<int, int> first, int count) =>
        new(
            new(_steps), BlockSize,
            [.. sequences.Select(sequence => new SequenceId(sequence))],
            [.. sequences.Select(first)],
            [.. sequences.Select(_ => count)],
            [.. sequences.Select(sequence => _logs[sequence])],
            [.. sequences.Select(_ => _context)],
            [.. sequences.Select(sequence => _tables[sequence])],
            [.. sequences.Select(_ => _sampling)],
            [.. sequences.Select(_ => new SampleRange(0, 1))],
            [.. sequences.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
}
