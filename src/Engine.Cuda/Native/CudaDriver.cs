using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// The part of CUDA's driver interface that the engine uses, by the driver's own names. Each call
/// gives an error code: <see cref="Check"/>.
/// </summary>
internal static unsafe partial class CudaDriver
{
    public const int ComputeCapabilityMajor = 75, ComputeCapabilityMinor = 76;
    public const int MultiprocessorCount = 16, SharedMemoryPerBlockOptIn = 97;
    public const int FunctionMaxDynamicSharedSize = 8;
    public const uint StreamNonBlocking = 1, EventDisableTiming = 2;

    // Loads nothing; makes the names of the libraries known before the first call.
    static CudaDriver() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(
        typeof(NativeLibraries).TypeHandle);

    /// <summary>Throws what the driver says about an error.</summary>
    /// <param name="result">What a call gave.</param>
    /// <param name="call">The call, for the message.</param>
    /// <exception cref="CudaException">It is an error.</exception>
    public static void Check(int result, string call)
    {
        if (result == 0)
            return;
        byte* name = null, text = null;
        _ = cuGetErrorName(result, &name);
        _ = cuGetErrorString(result, &text);
        throw new CudaException(
            call, result, Utf8StringMarshaller.ConvertToManaged(name) ?? "unknown error",
            Utf8StringMarshaller.ConvertToManaged(text) ?? "");
    }

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuInit(uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuDriverGetVersion(out int version);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuDeviceGetAttribute(out int value, int attribute, int device);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuCtxSetCurrent(nint context);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuCtxSynchronize();

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuMemGetInfo_v2(out nuint free, out nuint total);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuMemHostAlloc(out nint memory, nuint bytes, uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuMemFreeHost(nint memory);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuMemcpyHtoDAsync_v2(
        nint device, nint host, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuMemcpyDtoHAsync_v2(
        nint host, nint device, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuMemsetD8Async(nint device, byte value, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuModuleLoadData(out nint module, byte* image);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuModuleUnload(nint module);

    [LibraryImport(NativeLibraries.Driver, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int cuModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuFuncSetAttribute(nint function, int attribute, int value);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuFuncGetAttribute(out int value, int attribute, nint function);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuOccupancyMaxActiveBlocksPerMultiprocessor(
        out int blocks, nint function, int threads, nuint sharedBytes);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuLaunchKernelEx(
        LaunchConfig* config, nint function, void** parameters, void** extra);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuTensorMapEncodeTiled(
        void* map, int type, uint rank, nint address, ulong* sizes, ulong* strides, uint* box,
        uint* elementStrides, int interleave, int swizzle, int promotion, int fill);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuStreamSynchronize(nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuStreamBeginCapture_v2(nint stream, int mode);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuStreamEndCapture(nint stream, out nint graph);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuGraphInstantiateWithFlags(
        out nint executable, nint graph, ulong flags);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuGraphExecDestroy(nint executable);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuGraphDestroy(nint graph);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuEventCreate(out nint handle, uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuEventDestroy_v2(nint handle);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuEventRecord(nint handle, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuEventSynchronize(nint handle);

    [LibraryImport(NativeLibraries.Driver)]
    public static partial int cuEventElapsedTime(
        out float milliseconds, nint start, nint end);

    [LibraryImport(NativeLibraries.Driver)]
    private static partial int cuGetErrorName(int error, byte** name);

    [LibraryImport(NativeLibraries.Driver)]
    private static partial int cuGetErrorString(int error, byte** text);

    /// <summary>CUlaunchConfig.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LaunchConfig
    {
        public uint GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes;
        public nint Stream;
        public LaunchAttribute* Attributes;
        public uint AttributeCount;
    }

    /// <summary>CUlaunchAttribute with a value that is a number.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 72)]
    internal struct LaunchAttribute
    {
        /// <summary>
        /// A kernel may begin before the one in front of it in the stream has ended.
        /// </summary>
        public const int ProgrammaticStreamSerialization = 6;

        public int Id;
        private readonly int _padding;
        public int Value;
    }
}
