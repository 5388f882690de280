using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>CUDA's run-time compiler: source in, machine code for one kind of device out.</summary>
internal static unsafe partial class Nvrtc
{
    private const int CompilationFailed = 6;

    static Nvrtc() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(
        typeof(NativeLibraries).TypeHandle);

    /// <summary>The compiler's version, such as 13.0.</summary>
    public static Version Version()
    {
        Check(nvrtcVersion(out var major, out var minor), nameof(nvrtcVersion));
        return new(major, minor);
    }

    /// <summary>Compute capabilities that it compiles for, ascending: 90 is 9.0.</summary>
    public static int[] Architectures()
    {
        Check(nvrtcGetNumSupportedArchs(out var count), nameof(nvrtcGetNumSupportedArchs));
        var all = new int[count];
        fixed (int* start = all)
            Check(nvrtcGetSupportedArchs(start), nameof(nvrtcGetSupportedArchs));
        return all;
    }

    /// <summary>Compiles a program.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="source">The text.</param>
    /// <param name="headers">Text by name, for <c>#include "name"</c>.</param>
    /// <param name="options">As nvcc's.</param>
    /// <param name="toMachineCode">Machine code, or PTX for the driver to compile.</param>
    /// <exception cref="KernelCompilationException">It does not compile: has the log.</exception>
    public static byte[] Compile(
        string name, string source, IReadOnlyDictionary<string, string> headers,
        IReadOnlyList<string> options, bool toMachineCode)
    {
        using var texts = new Texts();
        var names = headers.Keys.Order(StringComparer.Ordinal).ToArray();
        Check(
            nvrtcCreateProgram(
                out var program, texts.Add(source), texts.Add(name), names.Length,
                texts.AddAll([.. names.Select(header => headers[header])]), texts.AddAll(names)),
            nameof(nvrtcCreateProgram));
        try
        {
            var result = nvrtcCompileProgram(program, options.Count, texts.AddAll([.. options]));
            if (result == CompilationFailed)
                throw new KernelCompilationException(name, Log(program));
            Check(result, nameof(nvrtcCompileProgram));
            return toMachineCode ? MachineCode(program) : Ptx(program);
        }
        finally
        {
            _ = nvrtcDestroyProgram(ref program);
        }
    }

    private static byte[] MachineCode(nint program)
    {
        Check(nvrtcGetCUBINSize(program, out var size), nameof(nvrtcGetCUBINSize));
        var code = new byte[size];
        fixed (byte* start = code)
            Check(nvrtcGetCUBIN(program, start), nameof(nvrtcGetCUBIN));
        return code;
    }

    private static byte[] Ptx(nint program)
    {
        Check(nvrtcGetPTXSize(program, out var size), nameof(nvrtcGetPTXSize));
        var code = new byte[size];
        fixed (byte* start = code)
            Check(nvrtcGetPTX(program, start), nameof(nvrtcGetPTX));
        return code;
    }

    private static string Log(nint program)
    {
        if (nvrtcGetProgramLogSize(program, out var size) != 0 || size <= 1)
            return "";
        var log = new byte[size];
        fixed (byte* start = log)
            return nvrtcGetProgramLog(program, start) == 0
                ? Encoding.UTF8.GetString(log).TrimEnd('\0', '\n')
                : "";
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw new CudaException(
                call, result,
                Utf8StringMarshaller.ConvertToManaged(nvrtcGetErrorString(result)) ?? "", "");
    }

    /// <summary>Texts in memory that does not move, until this is disposed.</summary>
    private sealed class Texts : IDisposable
    {
        private readonly List<nint> _held = [];

        public nint Add(string text)
        {
            var memory = Marshal.StringToCoTaskMemUTF8(text);
            _held.Add(memory);
            return memory;
        }

        public nint* AddAll(string[] texts)
        {
            var list = Marshal.AllocCoTaskMem(Math.Max(1, texts.Length) * sizeof(nint));
            _held.Add(list);
            for (var i = 0; i < texts.Length; i++)
                ((nint*)list)[i] = Add(texts[i]);
            return (nint*)list;
        }

        public void Dispose() => _held.ForEach(Marshal.FreeCoTaskMem);
    }

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcVersion(out int major, out int minor);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetNumSupportedArchs(out int count);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetSupportedArchs(int* architectures);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial byte* nvrtcGetErrorString(int result);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcCreateProgram(
        out nint program, nint source, nint name, int headerCount, nint* headers, nint* names);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcCompileProgram(nint program, int count, nint* options);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetCUBINSize(nint program, out nuint size);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetCUBIN(nint program, byte* code);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetPTXSize(nint program, out nuint size);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetPTX(nint program, byte* code);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetProgramLogSize(nint program, out nuint size);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(NativeLibraries.Nvrtc)]
    private static partial int nvrtcDestroyProgram(ref nint program);
}
