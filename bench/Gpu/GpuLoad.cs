using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// One executor on a GPU for steps of many shapes, without scheduler and loop, through the
/// interface by which the loop looks ahead. Sequences lie in blocks in random order; their tokens
/// are the same, computed once and copied, so that a long context costs no long prefill.
/// </summary>
internal sealed class GpuLoad : IDisposable
{
    private const int BlockSize = 16, HostBlocks = 512, ClockSteps = 4096;

    private readonly CudaExecutor _executor;
    private readonly StepClock _clock = new(ClockSteps);
    private readonly BlockId[] _places;
    private AppendLog<TokenId>[] _logs = [];
    private BlockTable[] _tables = [];
    private int _steps;

    /// <param name="config">The model, filled with random weights.</param>
    /// <param name="dtype">Of weights and cache.</param>
    /// <param name="rowsMax">Sequences of a step.</param>
    /// <param name="lengthMax">Tokens of a sequence.</param>
    /// <param name="tokensMax">Tokens of a step.</param>
    /// <param name="blocksMax">Blocks wanted; fewer where the device has not as many.</param>
    /// <param name="tunes">Whether products are tuned.</param>
    public GpuLoad(
        ModelConfig config, ScalarType dtype, int rowsMax, int lengthMax, int tokensMax,
        long blocksMax, bool tunes)
    {
        Config = config;
        var weights = DecoderWeights.Random(config, dtype, CUDA, seed: 1);
        BlockBytes = KvCache.BytesPerBlock(config, dtype, BlockSize);
        // Beside the cache: what steps compute on their way, and graphs.
        const double Share = 0.85;
        Blocks = (int)Math.Min(
            blocksMax, EngineDevices.BytesFree(CUDA) * Share / BlockBytes);
        _executor = new(
            config, weights,
            new(
                CUDA, Blocks, BlockSize, lengthMax, tokensMax, Math.Min(rowsMax, tokensMax),
                Threads: 8, HostBlocks: HostBlocks, TuneProducts: tunes),
            new StartLines())
        {
            Clock = _clock,
        };
        _places = [.. Enumerable.Range(0, Blocks).Select(block => new BlockId(block))];
        new Random(1).Shuffle(_places);
    }

    public ModelConfig Config { get; }

    /// <summary>Physical blocks.</summary>
    public int Blocks { get; }

    /// <summary>Bytes of a block, K and V of all layers.</summary>
    public long BlockBytes { get; }

    /// <summary>Bytes of weights that every step reads.</summary>
    public long WeightBytes => _executor.WeightBytesPerStep;

    /// <summary>Bytes of a token's K and V.</summary>
    public double TokenBytes => (double)BlockBytes / BlockSize;

    /// <summary>Blocks that so many sequences of such a length need.</summary>
    public static long BlocksFor(int batch, int length) =>
        (long)batch * BlockTable.BlocksFor(length, BlockSize);

    /// <summary>Makes sequences of so many tokens, with room for some more.</summary>
    public void Prepare(int batch, int context, int more)
    {
        var random = new Random(1);
        var log = AppendLog<TokenId>.From(
            [.. Enumerable.Range(0, context)
                .Select(_ => new TokenId(random.Next(Config.VocabularySize)))]);
        _logs = [.. Enumerable.Repeat(log, batch)];
        var each = BlockTable.BlocksFor(context + more, BlockSize);
        _tables =
        [
            .. Enumerable.Range(0, batch).Select(sequence => BlockTable.Empty.Append(
                _places.AsSpan(sequence * each, each))),
        ];
        const int Chunk = 2048;
        for (var first = 0; first < context; first += Chunk)
            Run([0], first, Math.Min(Chunk, context - first));
        // The last token once more, behind copies of all before it.
        var filled = BlockTable.BlocksFor(context, BlockSize);
        _executor.Execute(Plan([0], context - 1, 1) with
        {
            Copies =
            [
                .. from sequence in Enumerable.Range(1, batch - 1)
                   from block in Enumerable.Range(0, filled)
                   select new BlockCopy(_tables[0][block], _tables[sequence][block]),
            ],
        });
    }

    /// <summary>
    /// A token for each sequence, so many times, each step begun before the one in front is
    /// answered: seconds of a step by the host's clock, and the device's own times.
    /// </summary>
    public (double Seconds, IReadOnlyList<StepTime> Steps) Decode(int steps)
    {
        var rows = Enumerable.Range(0, _logs.Length).ToImmutableArray();
        _clock.Reset();
        var start = Stopwatch.GetTimestamp();
        var flight = Begin(Plan(rows, _logs[0].Count - 1, 1));
        for (var step = 1; step < steps; step++)
        {
            var next = Begin(Plan(rows, _logs[0].Count, 1) with { Awaited = rows });
            Land(flight);
            flight = next;
        }
        Land(flight);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
        return (seconds, _clock.Read());
    }

    /// <summary>Prompts from their first token on: seconds.</summary>
    public double Prefill(int rows, int tokens)
    {
        var start = Stopwatch.GetTimestamp();
        Run([.. Enumerable.Range(0, rows)], first: 0, tokens);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>One token of one sequence behind a swap of as many blocks as may be.</summary>
    /// <param name="isOut">To the host, or from it.</param>
    /// <param name="blocks">At most as many as the host has, and the device.</param>
    public double Swap(bool isOut, int blocks)
    {
        var swaps = Enumerable.Range(0, blocks)
            .Select(block => new BlockSwap(_places[^(block + 1)], new(block)))
            .ToImmutableArray();
        var plan = Plan([0], _logs[0].Count - 1, 1);
        var start = Stopwatch.GetTimestamp();
        _executor.Execute(isOut ? plan with { SwapOuts = swaps } : plan with { SwapIns = swaps });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Blocks that may be swapped at once.</summary>
    public int SwappableBlocks => Math.Min(HostBlocks, Blocks);

    public void Dispose()
    {
        _executor.Dispose();
        _clock.Dispose();
    }

    private Task<StepResult> Begin(StepPlan plan) => _executor.Begin(plan);

    private void Land(Task<StepResult> flight)
    {
        var samples = flight.GetAwaiter().GetResult().Samples;
        for (var row = 0; row < samples.Length; row++)
            _logs[row] = _logs[row].Append(samples[row].Token);
    }

    private void Run(ImmutableArray<int> sequences, int first, int count) =>
        _executor.Execute(Plan(sequences, first, count));

    private StepPlan Plan(ImmutableArray<int> sequences, int first, int count) =>
        new(
            new(_steps++), BlockSize,
            [.. sequences.Select(sequence => new SequenceId(sequence))],
            [.. sequences.Select(_ => first)],
            [.. sequences.Select(_ => count)],
            [.. sequences.Select(sequence => _logs[sequence])],
            [.. sequences.Select(_ => 1)],
            [.. sequences.Select(sequence => _tables[sequence])],
            [.. sequences.Select(_ => SamplingParams.Greedy)],
            [.. sequences.Select(_ => new SampleRange(0, 1))],
            [.. sequences.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
}
