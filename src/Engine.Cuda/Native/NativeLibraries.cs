using System.Reflection;
using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// What this assembly's own calls of libraries resolve to: TorchSharp's library, which is in the
/// process already, and CUDA's, each loaded where it is first needed. An engine on a CPU needs
/// none of the latter.
/// </summary>
internal static class NativeLibraries
{
    public const string TorchSharp = "skpaged:torchsharp";
    public const string Driver = "skpaged:cuda";
    public const string Nvrtc = "skpaged:nvrtc";
    public const string CublasLt = "skpaged:cublasLt";

    private static readonly Lazy<Outcome>[] Loaded =
    [
        .. Enum.GetValues<CudaLibrary>().Select(library => new Lazy<Outcome>(() => Load(library))),
    ];

    static NativeLibraries() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Loads a library at the first call; gives the path or name that was found.</summary>
    /// <exception cref="DeviceUnavailableException">
    /// It is nowhere: lists what was tried.
    /// </exception>
    public static string Require(CudaLibrary library)
    {
        var outcome = Loaded[(int)library].Value;
        return outcome.Handle != 0
            ? outcome.Path
            : throw new DeviceUnavailableException(NotFound(library, outcome.Path));
    }

    internal static string NotFound(CudaLibrary library, string tried) =>
        $"{Description(library)} was not found. Tried: {tried}. "
        + $"{CudaLibraryEnvironment.Variable} may name its folder.";

    private static string Description(CudaLibrary library) => library switch
    {
        CudaLibrary.Driver => "NVIDIA's driver (libcuda)",
        CudaLibrary.Nvrtc => "CUDA's run-time compiler (NVRTC)",
        _ => "CUDA's library of matrix products (cuBLASLt)",
    };

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name switch
        {
            // By its full path, so that it is the one that is loaded, and no second copy.
            TorchSharp => NativeLibrary.Load(LibTorch.Load().Binding, assembly, path),
            Driver => Loaded[(int)CudaLibrary.Driver].Value.Handle,
            Nvrtc => Loaded[(int)CudaLibrary.Nvrtc].Value.Handle,
            CublasLt => Loaded[(int)CudaLibrary.CublasLt].Value.Handle,
            _ => 0,
        };

    private static Outcome Load(CudaLibrary library)
    {
        var tried = new List<string>();
        foreach (var candidate in CudaLibraryLocator.Candidates(
            library, CudaLibraryEnvironment.Current(), LoadedLibraries.Named))
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
                return new(handle, candidate);
            tried.Add(candidate);
        }
        return new(0, string.Join(", ", tried));
    }

    /// <param name="Handle">0: nothing was loaded.</param>
    /// <param name="Path">Of what was loaded, or all that was tried.</param>
    private readonly record struct Outcome(nint Handle, string Path);
}
