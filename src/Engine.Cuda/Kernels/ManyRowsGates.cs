using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// Gates of many rows, silu(gates) x others, by a kernel of our own for Hopper: many_rows.cu. It is
/// ahead of cuBLASLt and a kernel behind it where its tiles fill the device: what is computed does
/// not go to memory in between.
/// </summary>
internal sealed class ManyRowsGates
{
    /// <summary>Rows of a tile, and outputs; each has a gate and another value.</summary>
    public const int TileRows = 128, TileOutputs = 112;

    // Where it was ahead on an H200, docs/measurements.md: within one tile of rows, and where two
    // are nearly full.
    private const int OneTileLeast = 96, TwoTilesLeast = 208;

    // Blocks of threads on the device's last round, as a share of what it could work on.
    private const double FillLeast = 0.9;

    private const int HopperCapability = 90, InputsMultiple = 64, OutputsMultiple = 8;
    private const int Threads = 288, Stages = 4, Alignment = 1024, BarrierBytes = 16;

    private const int StageBytes =
        (TileRows + 2 * TileOutputs) * InputsMultiple * sizeof(short);

    private readonly CudaStream _stream;
    private readonly int _multiprocessors;
    private readonly Kernel? _one, _two;

    /// <param name="module">Of many_rows.cu.</param>
    /// <param name="constants">What it is compiled for.</param>
    /// <param name="stream">Where products go.</param>
    public ManyRowsGates(CudaModule module, KernelConstants constants, CudaStream stream)
    {
        (_stream, _multiprocessors) = (stream, module.Multiprocessors);
        if (constants.DType == ScalarType.Float32 || module.Capability != HopperCapability)
            return;
        const int SharedBytes = Alignment + Stages * (StageBytes + BarrierBytes);
        _one = new(module, "many_gates_1", Threads, SharedBytes);
        _two = new(module, "many_gates_2", Threads, SharedBytes);
    }

    /// <summary>Whether there is a kernel for weights of this shape.</summary>
    public bool Works(int inputs, int outputs) =>
        _one is not null && inputs % InputsMultiple == 0 && outputs % OutputsMultiple == 0;

    /// <summary>Whether so many rows and outputs are for it.</summary>
    public bool Takes(int rows, int outputs) =>
        rows is (>= OneTileLeast and <= TileRows) or (>= TwoTilesLeast and <= 2 * TileRows)
        && Share(rows, outputs) is var share
        && share.Clusters * share.Cluster >= FillLeast * _multiprocessors
        && share.IsEven;

    /// <summary>output = silu(gates) x others.</summary>
    /// <param name="inputMap">
    /// Of [rows or more, inputs], in tiles of <see cref="TileRows"/>.
    /// </param>
    /// <param name="weightsMap">
    /// Of [2 x outputs, inputs], the gates first, in tiles of <see cref="TileOutputs"/>.
    /// </param>
    /// <param name="output">[rows, outputs].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="inputs">A multiple of 64.</param>
    /// <param name="outputs">A multiple of 8.</param>
    public void Gate(
        nint inputMap, nint weightsMap, nint output, int rows, int inputs, int outputs)
    {
        var share = Share(rows, outputs);
        var kernel = (share.Cluster == 1 ? _one : _two)
            ?? throw new InvalidOperationException("There is no such product for this device.");
        kernel.Launch(
            _stream, new(share.Clusters * share.Cluster), inputMap, weightsMap, output, rows,
            inputs, outputs);
    }

    // Clusters that work on groups of tiles, each on as many as the others or one less.
    private (int Cluster, int Clusters, bool IsEven) Share(int rows, int outputs)
    {
        var cluster = rows <= TileRows ? 1 : 2;
        var groups = Parts(outputs, TileOutputs) * Parts(rows, TileRows * cluster);
        var rounds = Parts(groups, Math.Max(1, _multiprocessors / cluster));
        var clusters = Parts(groups, rounds);
        return (cluster, clusters, groups >= FillLeast * rounds * clusters);
    }

    private static int Parts(int whole, int part) => (whole + part - 1) / part;
}
