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
    private const int ArgumentsMax = 16;

    private readonly string _name;
    private readonly nint _function;
    private readonly int _threads;
    private readonly int _sharedBytes;

    /// <param name="module">Lives longer than this.</param>
    /// <param name="name">As in the source.</param>
    /// <param name="threads">Of a block: whole warps.</param>
    /// <param name="sharedBytes">Shared memory of a block beyond what the source declares.</param>
    public Kernel(CudaModule module, string name, int threads, int sharedBytes = 0)
    {
        (_name, _threads, _sharedBytes) = (name, threads, sharedBytes);
        _function = module.Function(name);
        if (sharedBytes > 0)
            CudaDriver.Check(
                CudaDriver.cuFuncSetAttribute(
                    _function, CudaDriver.FunctionMaxDynamicSharedSize, sharedBytes),
                $"{sharedBytes:N0} bytes of shared memory for {name}");
    }

    /// <summary>Puts the kernel into a stream; arguments in the source's order.</summary>
    public void Launch(CudaStream stream, Grid grid, params ReadOnlySpan<Argument> arguments)
    {
        var pointers = stackalloc void*[ArgumentsMax];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments.Length, ArgumentsMax);
        fixed (Argument* first = arguments)
        {
            for (var i = 0; i < arguments.Length; i++)
                pointers[i] = first + i;
            var result = CudaDriver.cuLaunchKernel(
                _function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)_threads, 1, 1,
                (uint)_sharedBytes, stream.Value, pointers, null);
            if (result != 0)
                CudaDriver.Check(result, $"{nameof(CudaDriver.cuLaunchKernel)} of {_name}, {grid}");
        }
    }
}
