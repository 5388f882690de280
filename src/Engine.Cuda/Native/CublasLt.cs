using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// The part of cuBLASLt that the engine uses, by the library's own names. Each call gives a status:
/// <see cref="Check"/>. Matrices are column by column.
/// </summary>
internal static unsafe partial class CublasLt
{
    public const int Float32 = 0, Float16 = 2, BFloat16 = 14;
    public const int ComputeFloat32 = 68;
    public const int DescTransposeA = 3;
    public const int PreferenceWorkspaceBytes = 1, PreferenceReductions = 3;
    public const int Transpose = 1;

    /// <summary>How parts of a sum may be added up: in float32 alone, or in any way.</summary>
    public const uint ReductionsInFloat32 = 2, ReductionsAll = 7;

    static CublasLt() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(
        typeof(NativeLibraries).TypeHandle);

    /// <summary>Throws what a status means.</summary>
    /// <exception cref="CudaException">It is an error.</exception>
    public static void Check(int status, string call)
    {
        if (status != 0)
            throw new CudaException(
                call, status,
                Utf8StringMarshaller.ConvertToManaged(cublasLtGetStatusString(status)) ?? "", "");
    }

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial nuint cublasLtGetVersion();

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtCreate(out nint handle);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtDestroy(nint handle);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulDescCreate(out nint desc, int compute, int scaleType);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulDescDestroy(nint desc);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulDescSetAttribute(
        nint desc, int attribute, void* value, nuint bytes);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatrixLayoutCreate(
        out nint layout, int type, ulong rows, ulong columns, long leading);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatrixLayoutDestroy(nint layout);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulPreferenceCreate(out nint preference);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulPreferenceDestroy(nint preference);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulPreferenceSetAttribute(
        nint preference, int attribute, void* value, nuint bytes);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulAlgoGetHeuristic(
        nint handle, nint desc, nint a, nint b, nint c, nint d, nint preference, int wanted,
        Heuristic* results, out int found);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmulAlgoCheck(
        nint handle, nint desc, nint a, nint b, nint c, nint d, Algorithm* algorithm,
        Heuristic* result);

    [LibraryImport(NativeLibraries.CublasLt)]
    public static partial int cublasLtMatmul(
        nint handle, nint desc, float* alpha, nint a, nint aLayout, nint b, nint bLayout,
        float* beta, nint c, nint cLayout, nint d, nint dLayout, Algorithm* algorithm,
        nint workspace, nuint workspaceBytes, nint stream);

    [LibraryImport(NativeLibraries.CublasLt)]
    private static partial byte* cublasLtGetStatusString(int status);

    /// <summary>
    /// cublasLtMatmulAlgo_t: opaque; its bytes may be kept, and are as good for the same version.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Algorithm
    {
        private fixed ulong _data[8];
    }

    /// <summary>cublasLtMatmulHeuristicResult_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Heuristic
    {
        public Algorithm Algorithm;
        public nuint WorkspaceBytes;
        public int State;
        public float Waves;
        private fixed int _reserved[4];
    }
}
