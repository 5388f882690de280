using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// The algorithms that products were tuned to, kept from one start to the next. One start's
/// executors share it, one after the other: the second finds what the first has tuned, also where
/// no folder keeps anything.
/// </summary>
/// <param name="cache">Where they are kept.</param>
/// <param name="key">Of all that a choice depends on.</param>
internal sealed class ProductChoices(KernelCache cache, string key)
{
    private const string Format = "products 1";

    private readonly Dictionary<ProductShape, CublasLt.Algorithm> _kept = Read(cache, key);
    private readonly Dictionary<ProductShape, CublasLt.Algorithm> _tuned = [];
    private readonly HashSet<ProductShape> _found = [];
    private int _saved;

    /// <summary>Products that were tuned here.</summary>
    public int Tuned => _tuned.Count;

    /// <summary>Products whose algorithm was kept from before, and is used.</summary>
    public int Found => _found.Count;

    /// <summary>What tuning took.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Those for a device, and the library that is loaded.</summary>
    /// <param name="context">The device.</param>
    /// <param name="type">Of inputs and weights, in the library's numbers.</param>
    /// <param name="cache">Where they are kept.</param>
    /// <exception cref="DeviceUnavailableException">There is no such library.</exception>
    public static ProductChoices Of(CudaContext context, int type, KernelCache cache)
    {
        NativeLibraries.Require(CudaLibrary.CublasLt);
        return new(
            cache,
            KernelCache.Key(
            [
                Format, $"{CublasLt.cublasLtGetVersion()}", context.Name,
                $"{context.Multiprocessors}", $"{MatrixProducts.WorkspaceBytes}", $"{type}",
            ]));
    }

    /// <summary>The algorithm of a product.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="isUsable">Whether the library still takes one that was kept.</param>
    /// <returns>Null: it has to be tuned.</returns>
    public CublasLt.Algorithm? Find(
        ProductShape shape, Func<CublasLt.Algorithm, bool> isUsable)
    {
        if (_tuned.TryGetValue(shape, out var tuned))
            return tuned;
        if (!_kept.TryGetValue(shape, out var kept) || !isUsable(kept))
            return null;
        _found.Add(shape);
        return kept;
    }

    /// <summary>Takes the algorithm of a product that was tuned in so long a time.</summary>
    public void Add(ProductShape shape, CublasLt.Algorithm algorithm, TimeSpan took)
    {
        _tuned[shape] = algorithm;
        Took += took;
    }

    /// <summary>
    /// Keeps what was tuned, beside what others have kept meanwhile; does nothing where nothing
    /// was.
    /// </summary>
    public void Save()
    {
        if (_tuned.Count == _saved)
            return;
        var all = Read(cache, key);
        foreach (var (shape, algorithm) in _tuned)
            all[shape] = algorithm;
        cache.Keep(key, ProductTable.Encode(all));
        _saved = _tuned.Count;
    }

    private static Dictionary<ProductShape, CublasLt.Algorithm> Read(
        KernelCache cache, string key) =>
        ProductTable.Decode(cache.Find(key));
}
