using TorchSharp;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Loads libtorch, once. To be called before the first use of TorchSharp in the process: where the
/// system's libstdc++ is older than GCC 13's (Debian 12, Ubuntu 22.04) TorchSharp cannot load by
/// itself.
/// </summary>
/// <remarks>
/// On Linux libtorch is taken from the folder <c>SKPAGED_LIBTORCH</c>, such as an existing
/// PyTorch's <c>torch/lib</c>, else from the package beside the application. A private copy for an
/// older libstdc++ goes to <c>SKPAGED_CACHE</c>, else <c>XDG_CACHE_HOME/skpaged</c>, else
/// <c>~/.cache/skpaged</c>. On Windows and macOS TorchSharp's own loading is used.
/// </remarks>
public static class LibTorch
{
    private static readonly Lazy<LibTorchLocation> Loaded = new(LoadOnce);

    /// <summary>
    /// Loads libtorch at the first call and says from where. Safe from any thread, at any time.
    /// </summary>
    /// <exception cref="LibTorchException">It cannot be found or loaded: the same at every
    /// call.</exception>
    public static LibTorchLocation Load() => Loaded.Value;

    private static LibTorchLocation LoadOnce()
    {
        var environment = LibTorchEnvironment.Current();
        if (!OperatingSystem.IsLinux())
            return LoadByTorchSharp(environment);
        return LoadedLibraries.Named(LibTorchLocator.Binding) is [var binding, ..]
            ? AlreadyLoaded(binding)
            : LoadFrom(environment);
    }

    private static LibTorchLocation LoadByTorchSharp(LibTorchEnvironment environment)
    {
        if (environment.LibTorchFolder is { } folder)
            throw new LibTorchException(
                $"{LibTorchEnvironment.LibTorchVariable} is for Linux only, but is {folder}.",
                []);
        StartTorchSharp();
        return new(LibTorchSource.TorchSharp, "", torch.__version__, "LibTorchSharp", false, false);
    }

    // A failure of TorchSharp's start is final for the process: the runtime repeats it at every
    // use.
    private static void StartTorchSharp()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception cause) when (cause is TypeInitializationException or NotSupportedException)
        {
            throw new LibTorchException(
                "TorchSharp could not start. If it was used before LibTorch.Load, call that first.",
                [(cause.InnerException ?? cause).Message],
                cause);
        }
    }

    private static LibTorchLocation AlreadyLoaded(string binding)
    {
        var folder = LoadedLibraries.Named(LibTorchLocator.Cpu) is [var cpu, ..]
            ? Path.GetDirectoryName(cpu)!
            : "";
        return new(
            LibTorchSource.TorchSharp, folder, Version(folder), binding, Patched: false,
            HasCuda: LoadedLibraries.Named(LibTorchLocator.Cuda).Count > 0);
    }

    private static LibTorchLocation LoadFrom(LibTorchEnvironment environment)
    {
        var files = LibTorchLocator.Locate(environment).IfLeft(
            tried => throw new LibTorchException("libtorch was not found.", tried));
        var loader = new LibTorchLoader(environment);
        var binding = loader.Load(files);
        StartTorchSharp();
        loader.RefuseTwoCopies(LibTorchLocator.Cpu);
        loader.RefuseTwoCopies(LibTorchLocator.Cuda);
        return new(
            files.Source, files.Folder, Version(files.Folder), binding,
            Patched: binding != files.Binding, files.HasCuda);
    }

    // A PyTorch's torch/lib has its version beside it; the package has TorchSharp's.
    private static string Version(string folder)
    {
        const string Key = "__version__ = ";
        var file = Path.Combine(folder, "..", "version.py");
        if (!File.Exists(file))
            return torch.__version__;
        var line = File.ReadLines(file)
            .FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line?[Key.Length..].Trim('\'', '"', ' ') ?? "unknown";
    }
}
