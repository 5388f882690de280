using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>A matrix in the device's memory, and how many of its rows a tile has.</summary>
/// <param name="Address">A multiple of 16.</param>
/// <param name="Rows">Of the matrix.</param>
/// <param name="Columns">A multiple of 64.</param>
/// <param name="TileRows">At most 256, a multiple of 8.</param>
internal readonly record struct TiledMatrix(nint Address, int Rows, int Columns, int TileRows);

/// <summary>
/// Maps of matrices of 16-bit elements, by which Hopper's copies find tiles of 64 columns in them
/// and lay them into shared memory: hopper.cuh.
/// </summary>
internal sealed unsafe class TileMaps : IDisposable
{
    private const int MapBytes = 128, TileColumns = 64;
    private const int Float16 = 6, BFloat16 = 9;

    // The driver's numbers for rows of 128 bytes, and for what is read from memory at once.
    private const int Swizzle128Bytes = 3, Promote256Bytes = 3;

    private readonly Tensor _maps;
    private readonly nint _address;

    /// <param name="device">Where the maps go.</param>
    /// <param name="dtype">float16 or bfloat16.</param>
    /// <param name="matrices">Stay where they are as long as this is used.</param>
    /// <exception cref="CudaException">One cannot be mapped.</exception>
    public TileMaps(Device device, ScalarType dtype, IReadOnlyList<TiledMatrix> matrices)
    {
        var bytes = new byte[matrices.Count * MapBytes];
        for (var i = 0; i < matrices.Count; i++)
            Encode(dtype, matrices[i]).CopyTo(bytes.AsSpan(i * MapBytes));
        _maps = tensor(bytes, device: device);
        _address = (nint)TensorMemory.Pointer(_maps);
    }

    /// <summary>Where on the device the map of a matrix lies.</summary>
    public nint this[int matrix] => _address + matrix * MapBytes;

    /// <inheritdoc/>
    public void Dispose() => _maps.Dispose();

    private static ReadOnlySpan<byte> Encode(ScalarType dtype, TiledMatrix matrix)
    {
        // The driver wants a map aligned to 64 bytes.
        var room = stackalloc byte[2 * MapBytes];
        var map = (byte*)(((nint)room + 63) / 64 * 64);
        var sizes = stackalloc ulong[] { (ulong)matrix.Columns, (ulong)matrix.Rows };
        var stride = (ulong)matrix.Columns * sizeof(short);
        var box = stackalloc uint[] { TileColumns, (uint)matrix.TileRows };
        var steps = stackalloc uint[] { 1, 1 };
        CudaDriver.Check(
            CudaDriver.cuTensorMapEncodeTiled(
                map, dtype == ScalarType.Float16 ? Float16 : BFloat16, 2, matrix.Address, sizes,
                &stride, box, steps, 0, Swizzle128Bytes, Promote256Bytes, 0),
            $"{nameof(CudaDriver.cuTensorMapEncodeTiled)} of {matrix}");
        return new ReadOnlySpan<byte>(map, MapBytes).ToArray();
    }
}
