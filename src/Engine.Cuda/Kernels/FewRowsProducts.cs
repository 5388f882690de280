using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// Sums of squares of the rows of the residual stream, whose norm is prepared so far that a product
/// can end it: few_rows.cu.
/// </summary>
/// <param name="Address">[slices, rows].</param>
/// <param name="Slices">Parts of a row; 0: nothing is prepared.</param>
/// <param name="Epsilon">Of the norm.</param>
internal readonly record struct RowSquares(nint Address, int Slices, float Epsilon)
{
    public bool ArePrepared => Slices > 0;
}

/// <summary>What shall be prepared of the norm that follows a sum; default: nothing.</summary>
/// <param name="Weight">Of the norm.</param>
/// <param name="Prepared">[rows, outputs], for rows times that weight.</param>
/// <param name="Squares"><see cref="FewRowsProducts.SquareBytes"/>, for their squares.</param>
internal readonly record struct NextNorm(nint Weight, nint Prepared, nint Squares);

/// <summary>
/// Matrix products of a few rows by a kernel of our own: few_rows.cu. It is ahead of cuBLASLt where
/// weights are small, since it begins to read them before the kernel in front has ended, and since
/// norm and gates are part of it; large ones cuBLASLt reads faster.
/// </summary>
internal sealed class FewRowsProducts
{
    /// <summary>Rows that it takes.</summary>
    public const int RowsMax = 32;

    // Elements, measured on an H200: docs/measurements.md. Few rows need less of the input.
    private const long WeightsMax = 12 << 20, WeightsMaxOfFewest = 26 << 20;
    private const int FewestRows = 8;

    private const int InputsMultiple = 32, OutputsMultiple = 16;
    private const int Threads = 256, AddedThreads = 512, SharedBytesMax = 32 << 10;

    private readonly CudaStream _stream;
    private readonly ImmutableArray<Product> _narrow = [], _added = [], _gated = [];
    private readonly Kernel? _narrowNormed, _gatedNormed;

    /// <param name="module">Of few_rows.cu.</param>
    /// <param name="constants">What it is compiled for.</param>
    /// <param name="stream">Where products go.</param>
    public FewRowsProducts(CudaModule module, KernelConstants constants, CudaStream stream)
    {
        _stream = stream;
        if (constants.DType == ScalarType.Float32)
            return;
        _narrow = [Of("narrow", 8), Of("narrow", 16), Of("narrow", 32)];
        _added = [Of("added", 8), Of("added", 16), Of("added", 32)];
        _gated = [Of("gated", 8), Of("gated", 16), Of("gated", 32)];
        _narrowNormed = new(module, "few_narrow_normed", Threads);
        _gatedNormed = new(module, "few_gated_normed", Threads);

        Product Of(string name, int rows) =>
            new(
                new(module, $"few_{name}_{rows}", name == "added" ? AddedThreads : Threads),
                rows);
    }

    /// <summary>Bytes of the sums of squares of rows of so many elements.</summary>
    public static long SquareBytes(int outputs) =>
        (long)outputs / OutputsMultiple * RowsMax * sizeof(float);

    /// <summary>Whether a product of so many rows, and weights of this shape, is for it.</summary>
    public bool Takes(int rows, int inputs, int outputs) =>
        _narrow.Length > 0 && rows <= RowsMax && inputs % InputsMultiple == 0
        && outputs % OutputsMultiple == 0
        && (long)inputs * outputs <= (rows <= FewestRows ? WeightsMaxOfFewest : WeightsMax);

    /// <summary>
    /// Whether the norm in front can be part of it: each block of threads computes it anew.
    /// </summary>
    public static bool TakesNorm(int rows, int inputs) =>
        rows == 1 && inputs * sizeof(short) <= SharedBytesMax;

    /// <summary>
    /// output = input x weights, transposed; squares: of rows whose norm this ends, if any.
    /// </summary>
    public void Multiply(
        nint input, nint weights, nint output, int rows, int inputs, int outputs,
        RowSquares squares = default) =>
        Launch(
            For(_narrow, rows), OutputsMultiple, default, input, weights, output, rows, inputs,
            outputs, squares);

    /// <summary>The same of the norm of the residual stream.</summary>
    public void MultiplyNormed(
        nint residual, nint norm, nint weights, nint output, int rows, int inputs, int outputs,
        float epsilon) =>
        LaunchNormed(
            _narrowNormed, OutputsMultiple, residual, norm, weights, output, rows, inputs,
            outputs, epsilon);

    /// <summary>residual += input x weights, transposed.</summary>
    /// <returns>What was prepared of the norm that follows.</returns>
    public RowSquares Add(
        nint input, nint weights, nint residual, int rows, int inputs, int outputs,
        NextNorm next = default, float epsilon = 0)
    {
        Launch(
            For(_added, rows), OutputsMultiple, next, input, weights, residual, rows, inputs,
            outputs, default);
        return next.Weight == 0
            ? default
            : new(next.Squares, outputs / OutputsMultiple, epsilon);
    }

    /// <summary>
    /// output = silu(gates) x others, where the weights' first rows give the gates.
    /// </summary>
    public void Gate(
        nint input, nint weights, nint output, int rows, int inputs, int outputs,
        RowSquares squares = default) =>
        Launch(
            For(_gated, rows), OutputsMultiple / 2, default, input, weights, output, rows, inputs,
            outputs, squares);

    /// <summary>The same of the norm of the residual stream.</summary>
    public void GateNormed(
        nint residual, nint norm, nint weights, nint output, int rows, int inputs, int outputs,
        float epsilon) =>
        LaunchNormed(
            _gatedNormed, OutputsMultiple / 2, residual, norm, weights, output, rows, inputs,
            outputs, epsilon);

    private static Kernel For(ImmutableArray<Product> products, int rows)
    {
        foreach (var product in products)
            if (rows <= product.Rows)
                return product.Kernel;
        throw new InvalidOperationException($"There is no product of {rows} rows for this type.");
    }

    private void Launch(
        Kernel kernel, int each, NextNorm next, nint input, nint weights, nint output, int rows,
        int inputs, int outputs, RowSquares squares) =>
        kernel.Launch(
            _stream, new(outputs / each), input, (nint)0, weights, output, rows, inputs, outputs,
            squares.Epsilon, squares.Address, squares.Slices, next.Weight, next.Prepared,
            next.Squares);

    private void LaunchNormed(
        Kernel? kernel, int each, nint residual, nint norm, nint weights, nint output, int rows,
        int inputs, int outputs, float epsilon) =>
        (kernel ?? throw new InvalidOperationException("There is no product for this type."))
            .Launch(
                _stream, new(outputs / each), rows * inputs * sizeof(short),
                [
                    residual, norm, weights, output, rows, inputs, outputs, epsilon, (nint)0, 0,
                    (nint)0, (nint)0, (nint)0,
                ]);

    private sealed record Product(Kernel Kernel, int Rows);
}
