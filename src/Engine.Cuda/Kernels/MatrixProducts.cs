using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

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
/// Matrix products by cuBLASLt, in one stream; sums are in float32. A shape gets the algorithm that
/// the library puts first, asked for once, or the one that it was tuned to.
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
    private readonly ProductChoices? _choices;
    private readonly Dictionary<ProductShape, Plan> _plans = [];

    /// <param name="stream">Where products go; lives longer than this.</param>
    /// <param name="type">Of inputs and weights, in the library's numbers.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/> of the device's memory.</param>
    /// <param name="choices">
    /// What products were tuned to before, and are from now on; null: nothing is kept.
    /// </param>
    public MatrixProducts(
        CudaStream stream, int type, nint workspace, ProductChoices? choices = null)
    {
        NativeLibraries.Require(CudaLibrary.CublasLt);
        (_stream, _type, _workspace, _choices) = (stream, type, workspace, choices);
        Check(CublasLt.cublasLtCreate(out _handle), nameof(CublasLt.cublasLtCreate));
        Check(
            CublasLt.cublasLtMatmulPreferenceCreate(out _preference),
            nameof(CublasLt.cublasLtMatmulPreferenceCreate));
        var bytes = (nuint)WorkspaceBytes;
        Prefer(CublasLt.PreferenceWorkspaceBytes, &bytes, sizeof(nuint));
    }

    /// <summary>The library's number of a type.</summary>
    public static int TypeOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => CublasLt.Float32,
        ScalarType.Float16 => CublasLt.Float16,
        _ => CublasLt.BFloat16,
    };

    /// <summary>Puts a product into the stream.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="input">[rows, inputs].</param>
    /// <param name="weights">[outputs, inputs].</param>
    /// <param name="output">[rows, outputs].</param>
    public void Multiply(ProductShape shape, nint input, nint weights, nint output)
    {
        var plan = PlanOf(shape);
        var status = Launch(plan, shape, plan.Algorithm, input, weights, output);
        if (status != 0)
            Check(status, $"{nameof(CublasLt.cublasLtMatmul)} of {shape}");
    }

    /// <summary>
    /// Gives a product the fastest algorithm from now on: the one that was kept, or that of those
    /// the library offers which takes the least time here. Waits for the stream.
    /// </summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="input">[rows, inputs].</param>
    /// <param name="weights">
    /// One or more places of [outputs, inputs]: those of all layers, since a step finds none of
    /// them in the device's cache.
    /// </param>
    /// <param name="output">
    /// [rows, outputs]. It holds nonsense afterwards, also where the product is added to it.
    /// </param>
    /// <returns>What all took; null where nothing had to be timed.</returns>
    /// <exception cref="CudaException">A kernel failed as it ran.</exception>
    public ProductTuning? Tune(
        ProductShape shape, nint input, ImmutableArray<nint> weights, nint output)
    {
        var plan = PlanOf(shape);
        if (plan.IsTuned)
            return null;
        if (_choices?.Find(shape, algorithm => IsUsable(plan, algorithm)) is { } kept)
        {
            (plan.Algorithm, plan.IsTuned) = (kept, true);
            return null;
        }
        var began = Stopwatch.GetTimestamp();
        var candidates = Candidates(plan, shape, ProductTuner.CandidatesMax);
        var tuner = new ProductTuner(
            _stream, ProductTuner.Launches(WeightBytes(shape)),
            () => _stream.Clear(_workspace, WorkspaceBytes),
            (candidate, place) => 0 == Launch(
                plan, shape, candidates[candidate], input, weights[place % weights.Length],
                output));
        var tuning = new ProductTuning(shape, tuner.Time(candidates.Length));
        (plan.Algorithm, plan.IsTuned) = (candidates[tuning.Chosen], true);
        _choices?.Add(shape, plan.Algorithm, Stopwatch.GetElapsedTime(began));
        return tuning;
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
            var outputType = IsFloat32(shape) ? CublasLt.Float32 : _type;
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
            plan.Algorithm = Candidates(plan, shape, 1)[0];
            return plan;
        }
        catch
        {
            plan.Dispose();
            throw;
        }
    }

    // The library's algorithms for a product, the one that it thinks fastest first: one at least.
    private CublasLt.Algorithm[] Candidates(Plan plan, ProductShape shape, int most)
    {
        // Where the output is of 16 bits, parts of a sum must not be rounded to it in between.
        var reductions = IsFloat32(shape)
            ? CublasLt.ReductionsAll
            : CublasLt.ReductionsInFloat32;
        Prefer(CublasLt.PreferenceReductions, &reductions, sizeof(uint));
        var results = new CublasLt.Heuristic[most];
        var found = 0;
        fixed (CublasLt.Heuristic* first = results)
            Check(
                CublasLt.cublasLtMatmulAlgoGetHeuristic(
                    _handle, plan.Product, plan.Weights, plan.Input, plan.Output, plan.Output,
                    _preference, most, first, out found),
                $"{nameof(CublasLt.cublasLtMatmulAlgoGetHeuristic)} of {shape}");
        var usable = results[..found].Where(result => result.State == 0)
            .Select(result => result.Algorithm).ToArray();
        return usable.Length > 0
            ? usable
            : throw new NotSupportedException($"cuBLASLt has no algorithm for {shape}.");
    }

    private bool IsUsable(Plan plan, CublasLt.Algorithm algorithm)
    {
        CublasLt.Heuristic result = default;
        return 0 == CublasLt.cublasLtMatmulAlgoCheck(
            _handle, plan.Product, plan.Weights, plan.Input, plan.Output, plan.Output,
            &algorithm, &result)
            && result.WorkspaceBytes <= (nuint)WorkspaceBytes;
    }

    // Gives the library's status.
    private int Launch(
        Plan plan, ProductShape shape, CublasLt.Algorithm algorithm, nint input, nint weights,
        nint output)
    {
        float alpha = 1, beta = shape.IsAdded ? 1 : 0;
        return CublasLt.cublasLtMatmul(
            _handle, plan.Product, &alpha, weights, plan.Weights, input, plan.Input, &beta,
            output, plan.Output, output, plan.Output, &algorithm, _workspace,
            (nuint)WorkspaceBytes, _stream.Value);
    }

    private Plan PlanOf(ProductShape shape)
    {
        if (!_plans.TryGetValue(shape, out var plan))
            _plans.Add(shape, plan = MakePlan(shape));
        return plan;
    }

    private bool IsFloat32(ProductShape shape) =>
        shape.IsAdded || shape.IsWide || _type == CublasLt.Float32;

    private long WeightBytes(ProductShape shape) =>
        (long)shape.Inputs * shape.Outputs
        * (_type == CublasLt.Float32 ? sizeof(float) : sizeof(short));

    private void Prefer(int attribute, void* value, int bytes) =>
        Check(
            CublasLt.cublasLtMatmulPreferenceSetAttribute(
                _preference, attribute, value, (nuint)bytes),
            nameof(CublasLt.cublasLtMatmulPreferenceSetAttribute));

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
        public bool IsTuned;

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
