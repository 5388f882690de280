using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>What a product looks like: output = input x weights, transposed.</summary>
/// <param name="Rows">Of input and output.</param>
/// <param name="Inputs">Columns of the input and of the weights.</param>
/// <param name="Outputs">Rows of the weights, columns of the output.</param>
/// <param name="IsAdded">Whether it is added to what the output holds, in float32.</param>
/// <param name="IsWide">Whether the output is float32 whatever the input is.</param>
internal readonly record struct ProductShape(
    int Rows, int Inputs, int Outputs, bool IsAdded, bool IsWide);

/// <summary>
/// Matrix products by cuBLASLt, in one stream. Which of its algorithms a shape gets is asked once
/// and kept; sums are in float32.
/// </summary>
internal sealed unsafe class MatrixProducts : IDisposable
{
    /// <summary>What the library may use beside its operands.</summary>
    public const long WorkspaceBytes = 32 << 20;

    private readonly CudaStream _stream;
    private readonly int _type;
    private readonly nint _workspace;
    private readonly nint _handle;
    private readonly nint _preference;
    private readonly Dictionary<ProductShape, Plan> _plans = [];

    /// <param name="stream">Where products go; lives longer than this.</param>
    /// <param name="type">Of inputs and weights, in the library's numbers.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/> of the device's memory.</param>
    public MatrixProducts(CudaStream stream, int type, nint workspace)
    {
        NativeLibraries.Require(CudaLibrary.CublasLt);
        (_stream, _type, _workspace) = (stream, type, workspace);
        Check(CublasLt.cublasLtCreate(out _handle), nameof(CublasLt.cublasLtCreate));
        Check(
            CublasLt.cublasLtMatmulPreferenceCreate(out _preference),
            nameof(CublasLt.cublasLtMatmulPreferenceCreate));
        var bytes = (nuint)WorkspaceBytes;
        Check(
            CublasLt.cublasLtMatmulPreferenceSetAttribute(
                _preference, CublasLt.PreferenceWorkspaceBytes, &bytes, (nuint)sizeof(nuint)),
            nameof(CublasLt.cublasLtMatmulPreferenceSetAttribute));
    }

    /// <summary>Puts a product into the stream.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="input">[rows, inputs].</param>
    /// <param name="weights">[outputs, inputs].</param>
    /// <param name="output">[rows, outputs].</param>
    public void Multiply(ProductShape shape, nint input, nint weights, nint output)
    {
        if (!_plans.TryGetValue(shape, out var plan))
            _plans.Add(shape, plan = MakePlan(shape));
        float alpha = 1, beta = shape.IsAdded ? 1 : 0;
        fixed (CublasLt.Algorithm* algorithm = &plan.Algorithm)
            Check(
                CublasLt.cublasLtMatmul(
                    _handle, plan.Product, &alpha, weights, plan.Weights, input, plan.Input,
                    &beta, output, plan.Output, output, plan.Output, algorithm, _workspace,
                    (nuint)WorkspaceBytes, _stream.Value),
                $"{nameof(CublasLt.cublasLtMatmul)} of {shape}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var plan in _plans.Values)
            plan.Dispose();
        _plans.Clear();
        _ = CublasLt.cublasLtMatmulPreferenceDestroy(_preference);
        _ = CublasLt.cublasLtDestroy(_handle);
    }

    // The library's matrices are column by column, so that each of ours is its own transpose:
    // output' [outputs, rows] = weights' transposed [outputs, inputs] x input' [inputs, rows].
    private Plan MakePlan(ProductShape shape)
    {
        var plan = new Plan();
        try
        {
            var outputType = shape.IsAdded || shape.IsWide ? CublasLt.Float32 : _type;
            Check(
                CublasLt.cublasLtMatmulDescCreate(
                    out plan.Product, CublasLt.ComputeFloat32, CublasLt.Float32),
                nameof(CublasLt.cublasLtMatmulDescCreate));
            var transpose = CublasLt.Transpose;
            Check(
                CublasLt.cublasLtMatmulDescSetAttribute(
                    plan.Product, CublasLt.DescTransposeA, &transpose, sizeof(int)),
                nameof(CublasLt.cublasLtMatmulDescSetAttribute));
            plan.Weights = Layout(_type, shape.Inputs, shape.Outputs);
            plan.Input = Layout(_type, shape.Inputs, shape.Rows);
            plan.Output = Layout(outputType, shape.Outputs, shape.Rows);
            plan.Algorithm = Best(plan, shape);
            return plan;
        }
        catch
        {
            plan.Dispose();
            throw;
        }
    }

    private CublasLt.Algorithm Best(Plan plan, ProductShape shape)
    {
        CublasLt.Heuristic best;
        Check(
            CublasLt.cublasLtMatmulAlgoGetHeuristic(
                _handle, plan.Product, plan.Weights, plan.Input, plan.Output, plan.Output,
                _preference, 1, &best, out var found),
            $"{nameof(CublasLt.cublasLtMatmulAlgoGetHeuristic)} of {shape}");
        return found > 0 && best.State == 0
            ? best.Algorithm
            : throw new NotSupportedException($"cuBLASLt has no algorithm for {shape}.");
    }

    private static nint Layout(int type, int rows, int columns)
    {
        Check(
            CublasLt.cublasLtMatrixLayoutCreate(
                out var layout, type, (ulong)rows, (ulong)columns, rows),
            nameof(CublasLt.cublasLtMatrixLayoutCreate));
        return layout;
    }

    private static void Check(int status, string call) => CublasLt.Check(status, call);

    private sealed class Plan : IDisposable
    {
        public nint Product;
        public nint Weights;
        public nint Input;
        public nint Output;
        public CublasLt.Algorithm Algorithm;

        public void Dispose()
        {
            foreach (var layout in (nint[])[Weights, Input, Output])
                if (layout != 0)
                    _ = CublasLt.cublasLtMatrixLayoutDestroy(layout);
            if (Product != 0)
                _ = CublasLt.cublasLtMatmulDescDestroy(Product);
        }
    }
}
