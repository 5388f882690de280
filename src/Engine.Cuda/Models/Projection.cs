using System.Runtime.Intrinsics.X86;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// output = input x weight^T + bias, shared out over a team by columns. Few rows are limited by
/// the memory: our kernel moves the weights at its speed. Many rows are limited by arithmetic: each
/// worker calls torch on its part, which has instructions that .NET lacks. Where the processor and
/// the system let us, <see cref="PackedMatrix"/> is faster than both.
/// </summary>
internal sealed unsafe class Projection<T> : IDisposable
    where T : unmanaged, IElement<T>
{
    // Measured: torch is faster from 5 rows on (docs/measurements.md).
    private const int FewRows = 4;

    // Torch prepares a kernel for each new count of rows, so it sees multiples of 8 only.
    private const int RowGranule = 8;

    // Rows whose unpacked input stays in the cache while the weights pass by.
    private const int RowsPerPass = 64;

    // What a chunk should have to do, in multiply-adds: some microseconds.
    private const long WorkPerChunk = 1 << 18;

    private readonly WorkerTeam _team;
    private readonly T* _weight;
    private readonly T* _bias;
    private readonly Tensor? _biasTensor;
    private readonly Tensor[] _parts;
    private readonly RowBuffer<T> _input;
    private readonly RowBuffer<T> _output;
    private readonly RowBuffer<Float32Element> _packed;
    private readonly bool _torchIsFast;
    private readonly PackedMatrix? _packedWeight;
    private readonly Action<int, int> _multiplyPacked;
    private readonly Action<int, int> _multiplyFew;
    private readonly Action<int, int> _multiplyMany;
    private int _rows;
    private int _chunks;

    /// <param name="team">Who computes.</param>
    /// <param name="weight">[outputs, inputs]; stays the caller's.</param>
    /// <param name="bias">[outputs] or null; stays the caller's.</param>
    /// <param name="input">Rows of inputs.</param>
    /// <param name="output">Rows of outputs.</param>
    /// <param name="packed">
    /// Scratch; <see cref="PackedRows"/> rows as wide as the widest input.
    /// </param>
    /// <param name="inPlace">
    /// Whether nobody else reads the weights: packing then overwrites them, else it copies them.
    /// </param>
    public Projection(
        WorkerTeam team, Tensor weight, Tensor? bias, RowBuffer<T> input, RowBuffer<T> output,
        RowBuffer<Float32Element> packed, bool inPlace)
    {
        (_team, _input, _output, _packed, _biasTensor) = (team, input, output, packed, bias);
        _weight = (T*)TensorMemory.Pointer(weight);
        _bias = bias is null ? null : (T*)TensorMemory.Pointer(bias);
        _torchIsFast = TorchIsFast;
        var parts = Math.Min(team.Size, Share.MostParts(output.Width));
        _parts = [.. Enumerable.Range(0, parts).Select(part => PartOf(weight, part, parts))];
        _packedWeight = Packed(inPlace);
        _multiplyPacked = MultiplyPacked;
        _multiplyFew = MultiplyFew;
        _multiplyMany = MultiplyMany;
    }

    /// <summary>Rows a buffer needs for this many rows of a step.</summary>
    public static int RoundedUp(int rows) => (rows + RowGranule - 1) / RowGranule * RowGranule;

    /// <summary>Rows of scratch for steps of at most this many rows.</summary>
    public static int PackedRows(int rowsMax) => TorchIsFast ? FewRows : rowsMax;

    // Torch's bfloat16 products are fast where oneDNN has kernels for them, which is from AVX-512
    // on.
    private static bool TorchIsFast =>
        typeof(T) == typeof(Float32Element) || Avx512BW.IsSupported;

    /// <summary>Computes the first <paramref name="rows"/> rows of the output.</summary>
    public void Apply(int rows)
    {
        if (_packedWeight is { } packed)
        {
            _rows = rows;
            _team.Run(packed.Chunks(rows), _multiplyPacked);
            return;
        }
        if (rows > FewRows && _torchIsFast)
        {
            _rows = RoundedUp(rows);
            _input.Top(_rows);
            _output.Columns(_rows, _parts.Length);
            _team.Run(_parts.Length, _multiplyMany);
            return;
        }
        _rows = rows;
        Matrix<T>.Pack(_input.Data, rows, _input.Width, (float*)_packed.Data);
        var work = (long)rows * _input.Width * _output.Width;
        _chunks = (int)Math.Clamp(work / WorkPerChunk, 1, 4 * _team.Size);
        _team.Run(_chunks, _multiplyFew);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
        _packedWeight?.Dispose();
    }

    private PackedMatrix? Packed(bool inPlace) =>
        typeof(T) == typeof(BFloat16Element)
            ? PackedMatrix.TryPack(
                (BFloat16Element*)_weight, (BFloat16Element*)_bias, _output.Width, _input.Width,
                inPlace)
            : null;

    private void MultiplyPacked(int chunk, int worker) =>
        _packedWeight!.Multiply(
            (BFloat16Element*)_input.Data, (BFloat16Element*)_output.Data, _rows, chunk);

    private Tensor PartOf(Tensor weight, int part, int parts)
    {
        var (first, count) = Share.Of(_output.Width, parts, part);
        using var rows = weight.narrow(0, first, count);
        return rows.t();
    }

    private void MultiplyFew(int chunk, int worker)
    {
        var (first, count) = Share.Of(_output.Width, _chunks, chunk);
        for (var row = 0; row < _rows; row += RowsPerPass)
            Matrix<T>.Multiply(
                (float*)_packed.Row(0) + (nint)row * _input.Width,
                Math.Min(RowsPerPass, _rows - row), _weight, _input.Width, _bias,
                _output.Row(row), _output.Width, first, first + count);
    }

    private void MultiplyMany(int part, int worker)
    {
        var output = _output.Columns(_rows, _parts.Length)[part];
        if (_biasTensor is { } bias)
        {
            var (first, count) = Share.Of(_output.Width, _parts.Length, part);
            using var values = bias.narrow(0, first, count);
            output.copy_(values);
        }
        output.addmm_(_input.Top(_rows), _parts[part], beta: _biasTensor is null ? 0 : 1, alpha: 1);
    }
}
