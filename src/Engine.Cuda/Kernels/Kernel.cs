using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>How many blocks of threads, in three directions.</summary>
internal readonly record struct Grid(int X, int Y = 1, int Z = 1);

/// <summary>An argument of a kernel: a number or an address, in eight bytes.</summary>
internal readonly struct Argument
{
    private readonly ulong _bits;

    private Argument(ulong bits) => _bits = bits;

    public static implicit operator Argument(nint value) => new((ulong)value);

    public static implicit operator Argument(int value) => new((uint)value);

    public static implicit operator Argument(long value) => new((ulong)value);

    public static implicit operator Argument(float value) =>
        new(BitConverter.SingleToUInt32Bits(value));
}

/// <summary>A function of a loaded module.</summary>
internal sealed unsafe class Kernel
{
    private const int ArgumentsMax = 24;

    // Devices that can begin a kernel before the one in front has ended: ptx.cuh, wait_for_last.
    private const int OverlapCapability = 90;

    private readonly string _name;
    private readonly nint _function;
    private readonly int _threads;
    private readonly int _sharedBytes;
    private readonly bool _overlaps;
    private readonly int _multiprocessors;

    /// <param name="module">Lives longer than this.</param>
    /// <param name="name">As in the source.</param>
    /// <param name="threads">Of a block: whole warps.</param>
    /// <param name="sharedBytes">Shared memory of a block beyond what the source declares.</param>
    public Kernel(CudaModule module, string name, int threads, int sharedBytes = 0)
    {
        (_name, _threads, _sharedBytes) = (name, threads, sharedBytes);
        (_overlaps, _multiprocessors) =
            (module.Capability >= OverlapCapability, module.Multiprocessors);
        _function = module.Function(name);
        if (sharedBytes > 0)
            CudaDriver.Check(
                CudaDriver.cuFuncSetAttribute(
                    _function, CudaDriver.FunctionMaxDynamicSharedSize, sharedBytes),
                $"{sharedBytes:N0} bytes of shared memory for {name}");
    }

    /// <summary>Blocks of threads that the device works on at once, at least 1.</summary>
    public int BlocksAtOnce()
    {
        CudaDriver.Check(
            CudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
                out var each, _function, _threads, (nuint)_sharedBytes),
            $"{nameof(CudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor)} of {_name}");
        return Math.Max(1, each * _multiprocessors);
    }

    /// <summary>Puts the kernel into a stream; arguments in the source's order.</summary>
    public void Launch(CudaStream stream, Grid grid, params ReadOnlySpan<Argument> arguments) =>
        Launch(stream, grid, _sharedBytes, arguments);

    /// <summary>As the other, with so much shared memory, 48 KB at most.</summary>
    public void Launch(
        CudaStream stream, Grid grid, int sharedBytes, ReadOnlySpan<Argument> arguments)
    {
        var overlap = new CudaDriver.LaunchAttribute
        {
            Id = CudaDriver.LaunchAttribute.ProgrammaticStreamSerialization,
            Value = 1,
        };
        var config = new CudaDriver.LaunchConfig
        {
            GridX = (uint)grid.X,
            GridY = (uint)grid.Y,
            GridZ = (uint)grid.Z,
            BlockX = (uint)_threads,
            BlockY = 1,
            BlockZ = 1,
            SharedBytes = (uint)sharedBytes,
            Stream = stream.Value,
            Attributes = &overlap,
            AttributeCount = _overlaps ? 1u : 0,
        };
        var pointers = stackalloc void*[ArgumentsMax];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments.Length, ArgumentsMax);
        fixed (Argument* first = arguments)
        {
            for (var i = 0; i < arguments.Length; i++)
                pointers[i] = first + i;
            var result = CudaDriver.cuLaunchKernelEx(&config, _function, pointers, null);
            if (result != 0)
                CudaDriver.Check(
                    result, $"{nameof(CudaDriver.cuLaunchKernelEx)} of {_name}, {grid}");
        }
    }
}
