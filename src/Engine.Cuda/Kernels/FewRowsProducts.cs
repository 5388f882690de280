using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// Matrix products of a few rows by a kernel of our own: few_rows.cu. It is ahead of cuBLASLt where
/// weights are small, since it begins to read them before the kernel in front has ended, and since
/// norm and gates are part of it; large ones cuBLASLt reads faster.
/// </summary>
internal sealed class FewRowsProducts
{
    /// <summary>Rows that it takes.</summary>
    public const int RowsMax = 8;

    // Elements, measured on an H200: docs/measurements.md. One row has its norm in front as well.
    private const long WeightsMax = 12 << 20, WeightsMaxOfOne = 26 << 20;

    private const int InputsMultiple = 32, OutputsMultiple = 16;
    private const int Threads = 256, AddedThreads = 512, SharedBytesMax = 32 << 10;

    private readonly CudaStream _stream;
    private readonly Kernel? _narrow, _added, _gated, _narrowNormed, _gatedNormed;

    /// <param name="module">Of few_rows.cu.</param>
    /// <param name="constants">What it is compiled for.</param>
    /// <param name="stream">Where products go.</param>
    public FewRowsProducts(CudaModule module, KernelConstants constants, CudaStream stream)
    {
        _stream = stream;
        if (constants.DType == ScalarType.Float32)
            return;
        _narrow = new(module, "few_narrow", Threads);
        _added = new(module, "few_added", AddedThreads);
        _gated = new(module, "few_gated", Threads);
        _narrowNormed = new(module, "few_narrow_normed", Threads);
        _gatedNormed = new(module, "few_gated_normed", Threads);
    }

    /// <summary>Whether a product of so many rows, and weights of this shape, is for it.</summary>
    public bool Takes(int rows, int inputs, int outputs) =>
        _narrow is not null && rows <= RowsMax && inputs % InputsMultiple == 0
        && outputs % OutputsMultiple == 0
        && (long)inputs * outputs <= (rows == 1 ? WeightsMaxOfOne : WeightsMax);

    /// <summary>
    /// Whether the norm in front can be part of it: each block of threads computes it anew.
    /// </summary>
    public static bool TakesNorm(int rows, int inputs) =>
        rows == 1 && inputs * sizeof(short) <= SharedBytesMax;

    /// <summary>output = input x weights, transposed.</summary>
    public void Multiply(
        nint input, nint weights, nint output, int rows, int inputs, int outputs) =>
        Launch(_narrow, OutputsMultiple, 0, input, 0, weights, output, rows, inputs, outputs, 0);

    /// <summary>The same of the norm of the residual stream.</summary>
    public void MultiplyNormed(
        nint residual, nint norm, nint weights, nint output, int rows, int inputs, int outputs,
        float epsilon) =>
        Launch(
            _narrowNormed, OutputsMultiple, rows * inputs * sizeof(short), residual, norm, weights,
            output, rows, inputs, outputs, epsilon);

    /// <summary>residual += input x weights, transposed.</summary>
    public void Add(
        nint input, nint weights, nint residual, int rows, int inputs, int outputs) =>
        Launch(_added, OutputsMultiple, 0, input, 0, weights, residual, rows, inputs, outputs, 0);

    /// <summary>
    /// output = silu(gates) x others, where the weights' first rows give the gates.
    /// </summary>
    public void Gate(
        nint input, nint weights, nint output, int rows, int inputs, int outputs) =>
        Launch(
            _gated, OutputsMultiple / 2, 0, input, 0, weights, output, rows, inputs, outputs, 0);

    /// <summary>The same of the norm of the residual stream.</summary>
    public void GateNormed(
        nint residual, nint norm, nint weights, nint output, int rows, int inputs, int outputs,
        float epsilon) =>
        Launch(
            _gatedNormed, OutputsMultiple / 2, rows * inputs * sizeof(short), residual, norm,
            weights, output, rows, inputs, outputs, epsilon);

    private void Launch(
        Kernel? kernel, int each, int sharedBytes, nint input, nint norm, nint weights,
        nint output, int rows, int inputs, int outputs, float epsilon) =>
        (kernel ?? throw new InvalidOperationException("There is no product for this type."))
            .Launch(
                _stream, new(outputs / each), sharedBytes,
                [input, norm, weights, output, rows, inputs, outputs, epsilon]);
}
