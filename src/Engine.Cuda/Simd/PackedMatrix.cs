using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using SkPaged.Engine.Cuda.Memory;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// y = bias + x w^T in bfloat16 with sums in float32, w packed once for the processor's own
/// bfloat16 instructions, for any number of rows: those of its tile registers (AMX) where it has
/// them and k is a multiple of 32, else those of its vectors.
/// </summary>
/// <remarks>
/// <para>w [n, k] becomes panels of 32 columns of the result, each [k / 2, 32, 2]: what one step of
/// the inner loop reads lies in two cache lines, one after the other.</para>
/// <para>A row's result does not depend on how many rows there are.</para>
/// </remarks>
internal sealed unsafe class PackedMatrix : IDisposable
{
    // Rows whose part of x stays in the cache while the panels pass by.
    private const int RowsPerBlock = 96;

    // What a chunk should have to do, in multiply-adds: some microseconds. Few rows of tiles wait
    // for the weights, as if they were more.
    private const long WorkPerChunk = 1 << 19, WorkPerTileChunk = 1 << 21;
    private const int TileRowsLeast = 4;

    private readonly int _n;
    private readonly int _k;
    private readonly Tensor? _own;
    private readonly uint* _weights;
    private readonly float* _bias;
    private readonly ExecutableMemory? _code;
    private readonly nint[] _tiles = [];
    private readonly AmxUnit? _amx;

    // By tile registers, or else by the code of vector tiles of 1, 2, ... rows.
    private PackedMatrix(
        BFloat16Element* w, BFloat16Element* bias, int n, int k, bool inPlace,
        AmxUnit? amx, (ExecutableMemory Code, nint[] Tiles)? vectors)
    {
        (_n, _k, _amx) = (n, k, amx);
        if (vectors is var (code, tiles))
            (_code, _tiles) = (code, tiles);
        _own = inPlace
            ? null
            : empty([n, k], dtype: ScalarType.BFloat16, device: CPU).WithHugePages();
        _weights = _own is null ? (uint*)w : (uint*)TensorMemory.Pointer(_own);
        _bias = (float*)NativeMemory.AlignedAlloc((nuint)n * sizeof(float), 64);
        if (inPlace)
            PackInPlace();
        else
            Pack((uint*)w);
        for (var column = 0; column < n; column++)
            _bias[column] = bias is null ? 0 : bias[column].Value;
    }

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && Avx512BW.IsSupported
        && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>
    /// Packs [n, k] weights; null where this processor, this system or these sizes do not allow it.
    /// </summary>
    /// <param name="w">The weights; must stay where they are if packed in place.</param>
    /// <param name="bias">n elements, or null.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Columns of the input.</param>
    /// <param name="inPlace">Overwrites the weights instead of making a copy of them.</param>
    /// <param name="vectorsAlone">Leaves the tile registers alone.</param>
    public static PackedMatrix? TryPack(
        BFloat16Element* w, BFloat16Element* bias, int n, int k, bool inPlace,
        bool vectorsAlone = false)
    {
        if (!IsSupported || n % TileCode.Columns != 0 || k % 2 != 0)
            return null;
        var amx = vectorsAlone || k % AmxUnit.Depth != 0 ? null : AmxUnit.Instance;
        var vectors = amx is null ? Vectors(n, k) : null;
        return amx is null && vectors is null ? null : new(w, bias, n, k, inPlace, amx, vectors);
    }

    // Null where the system does not let a process make code.
    private static (ExecutableMemory Code, nint[] Tiles)? Vectors(int n, int k)
    {
        var tiles = Enumerable.Range(1, TileCode.RowsMax)
            .Select(rows => TileCode.Of(rows, k * 2, n * 2)).ToArray();
        if (ExecutableMemory.TryCreate([.. tiles.SelectMany(tile => tile)]) is not { } code)
            return null;
        var starts = new nint[tiles.Length];
        for (var i = 0; i < tiles.Length; i++)
            starts[i] = i == 0 ? (nint)code.Start : starts[i - 1] + tiles[i - 1].Length;
        return (code, starts);
    }

    /// <summary>Chunks that so many rows are cut to.</summary>
    public int Chunks(int rows) => Blocks(rows) * PanelChunks(rows);

    /// <summary>One chunk of the product: [rows, k] to [rows, n].</summary>
    public void Multiply(BFloat16Element* x, BFloat16Element* y, int rows, int chunk)
    {
        var (block, part, parts) =
            (chunk / PanelChunks(rows), chunk % PanelChunks(rows), PanelChunks(rows));
        var panels = _n / TileCode.Columns;
        var end = (int)((long)panels * (part + 1) / parts);
        var (first, last) = (block * RowsPerBlock, Math.Min(rows, (block + 1) * RowsPerBlock));
        var start = (int)((long)panels * part / parts);
        if (_amx is { } amx)
        {
            var whole = last - ((last - first) % AmxUnit.RowsMax);
            Blocks(amx, x, y, (first, whole), (start, end), AmxUnit.RowsMax);
            Blocks(amx, x, y, (whole, last), (start, end), last - whole);
            amx.Release();
            return;
        }
        for (var panel = start; panel < end; panel++)
            for (var row = first; row < last; row += TileCode.RowsMax)
                Tile(x, y, panel, row, Math.Min(TileCode.RowsMax, last - row));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own?.Dispose();
        NativeMemory.AlignedFree(_bias);
        _code?.Dispose();
    }

    private void Tile(BFloat16Element* x, BFloat16Element* y, int panel, int row, int rows)
    {
        var column = panel * TileCode.Columns;
        var tile = (delegate* unmanaged[Cdecl, SuppressGCTransition]<
            void*, void*, void*, void*, nint, void>)_tiles[rows - 1];
        tile(
            x + (nint)row * _k, _weights + (nint)column * (_k / 2), y + (nint)row * _n + column,
            _bias + column, _k / 2);
    }

    // A panel of weights stays in the cache while the rows pass by.
    private void Blocks(
        AmxUnit amx, BFloat16Element* x, BFloat16Element* y, (int First, int End) rows,
        (int First, int End) panels, int rowsPerBlock)
    {
        if (rows.First == rows.End)
            return;
        amx.Configure(rowsPerBlock);
        var sums = stackalloc byte[(AmxUnit.RowsMax * TileCode.Columns * sizeof(float)) + 64];
        var block = new AmxBlock
        {
            InputStride = (nint)_k * sizeof(BFloat16Element),
            Steps = _k / AmxUnit.Depth,
            Scratch = (void*)(((nint)sums + 63) & ~63),
            Rows = rowsPerBlock,
            OutputStride = (nint)_n * sizeof(BFloat16Element),
        };
        for (var panel = panels.First; panel < panels.End; panel++)
        {
            var column = panel * TileCode.Columns;
            block.Weights = _weights + ((nint)column * (_k / 2));
            block.Bias = _bias + column;
            for (var row = rows.First; row < rows.End; row += rowsPerBlock)
            {
                block.Input = x + ((nint)row * _k);
                block.Output = y + ((nint)row * _n) + column;
                amx.Multiply(&block);
            }
        }
    }

    private static int Blocks(int rows) => (rows + RowsPerBlock - 1) / RowsPerBlock;

    private int PanelChunks(int rows)
    {
        long inBlock = Math.Min(rows, RowsPerBlock), columns = (long)_n * _k;
        var chunks = _amx is null
            ? inBlock * columns / WorkPerChunk
            : Math.Max(inBlock, TileRowsLeast) * columns / WorkPerTileChunk;
        return (int)Math.Clamp(chunks, 1, _n / TileCode.Columns);
    }

    private void PackInPlace()
    {
        var bytes = (nuint)_n * (nuint)_k * (nuint)sizeof(BFloat16Element);
        var copy = (uint*)NativeMemory.Alloc(bytes);
        try
        {
            NativeMemory.Copy(_weights, copy, bytes);
            Pack(copy);
        }
        finally
        {
            NativeMemory.Free(copy);
        }
    }

    private void Pack(uint* w)
    {
        var source = (nint)w;
        Parallel.For(0, _n / TileCode.Columns, panel => PackPanel((uint*)source, panel));
    }

    private void PackPanel(uint* w, int panel)
    {
        nint pairs = _k / 2;
        var first = panel * TileCode.Columns * pairs;
        var target = _weights + first;
        for (nint pair = 0; pair < pairs; pair++)
            for (var lane = 0; lane < TileCode.Columns; lane++)
                *target++ = w[first + lane * pairs + pair];
    }
}
