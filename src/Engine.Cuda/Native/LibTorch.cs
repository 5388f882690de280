using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TorchSharp;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Loads libtorch, once. To be called before the first use of TorchSharp in the process: where the system's
/// libstdc++ is older than GCC 13's (Debian 12, Ubuntu 22.04) TorchSharp cannot load by itself.
/// </summary>
/// <remarks>
/// On Linux libtorch is taken from the folder <c>SKPAGED_LIBTORCH</c>, such as an existing PyTorch's
/// <c>torch/lib</c>, else from the package beside the application. A private copy for an older libstdc++ goes
/// to <c>SKPAGED_CACHE</c>, else <c>XDG_CACHE_HOME/skpaged</c>, else <c>~/.cache/skpaged</c>.
/// On Windows and macOS TorchSharp's own loading is used.
/// </remarks>
public static class LibTorch
{
    private static readonly Lazy<LibTorchLocation> Loaded = new(LoadOnce);

    /// <summary>Loads libtorch at the first call and says from where. Safe from any thread, at any time.</summary>
    /// <exception cref="LibTorchException">It cannot be found or loaded: the same at every call.</exception>
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
                $"{LibTorchEnvironment.LibTorchVariable} is for Linux only, and is set to {folder}.", []);
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            return new(LibTorchSource.TorchSharp, "", torch.__version__, "LibTorchSharp", false, false);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            throw new LibTorchException("TorchSharp could not load libtorch.", [cause.Message], cause);
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
        var tried = new List<string>();
        foreach (var library in files.Libraries)
            LoadLibrary(library, tried);
        var (binding, handle) = LoadBinding(files.Binding, environment, tried);
        TorchSharpHook.Use(handle);
        RefuseTwoCopies(LibTorchLocator.Cpu, tried);
        RefuseTwoCopies(LibTorchLocator.Cuda, tried);
        return new(
            files.Source, files.Folder, Version(files.Folder), binding,
            Patched: binding != files.Binding, files.HasCuda);
    }

    private static (string Path, nint Handle) LoadBinding(
        string original, LibTorchEnvironment environment, List<string> tried)
    {
        if (SystemLibrary.Provides(LibTorchPatch.Library, LibTorchPatch.Version))
            return (original, LoadLibrary(original, tried));
        tried.Add($"{original}: needs {LibTorchPatch.Version}, which this system's libstdc++ lacks");
        var copy = WeakenedCopy(original, environment, tried);
        return (copy, LoadLibrary(copy, tried));
    }

    private static string WeakenedCopy(
        string original, LibTorchEnvironment environment, List<string> tried)
    {
        if (environment.CacheFolder is not { } cache)
            throw new LibTorchException(
                $"There is no cache folder for a private copy of {original}: neither HOME nor"
                + $" {LibTorchEnvironment.CacheVariable} is set.",
                tried);
        try
        {
            return BindingCache.WeakenedCopy(original, cache).IfLeft(refusal =>
                throw new LibTorchException(
                    $"{original} cannot be made to load here: {refusal}.", tried));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new LibTorchException(
                $"The private copy of {original} could not be written below {cache}"
                + $" ({LibTorchEnvironment.CacheVariable} names another folder): {cause.Message}",
                tried,
                cause);
        }
    }

    private static nint LoadLibrary(string path, List<string> tried)
    {
        try
        {
            var handle = NativeLibrary.Load(path);
            tried.Add($"{path}: loaded");
            return handle;
        }
        catch (Exception cause) when (cause is DllNotFoundException or BadImageFormatException)
        {
            tried.Add($"{path}: {cause.Message}");
            throw new LibTorchException($"{path} could not be loaded.", tried, cause);
        }
    }

    // Two libtorches in one process share some of their state and not the rest: results could be anything.
    private static void RefuseTwoCopies(string name, List<string> tried)
    {
        if (LoadedLibraries.Named(name) is { Count: > 1 } copies)
            throw new LibTorchException(
                $"{name} is in this process {copies.Count} times: {string.Join(", ", copies)}.", tried);
    }

    // A PyTorch's torch/lib has its version beside it; the package has TorchSharp's.
    private static string Version(string folder)
    {
        const string Key = "__version__ = ";
        var file = Path.Combine(folder, "..", "version.py");
        if (!File.Exists(file))
            return torch.__version__;
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line?[Key.Length..].Trim('\'', '"', ' ') ?? "unknown";
    }
}
