using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Loads found libraries into this process (Linux) by full path. The loader knows a library by the
/// name in it (soname) from then on, so TorchSharp, which asks by name, gets these and no others.
/// </summary>
internal sealed class LibTorchLoader(LibTorchEnvironment environment)
{
    // TorchSharp loads "torch_cpu" itself, and finds the package's libtorch_cpu.so by its full path
    // before it would ask for the one in the process by name. Before both it asks for these names:
    private static readonly ImmutableArray<string> FirstAsked = ["torch_cpu.so", "torch_cuda.so"];

    private readonly List<string> _tried = [];

    /// <summary>
    /// Loads libtorch, then TorchSharp's library or its private copy; gives the path of the latter.
    /// </summary>
    /// <exception cref="LibTorchException">One of them cannot be loaded.</exception>
    public string Load(LibTorchFiles files)
    {
        foreach (var library in files.Libraries)
            LoadLibrary(library);
        if (files.Source == LibTorchSource.Environment)
            foreach (var name in FirstAsked)
                LoadLibrary(Cached(name, cache => LibraryCache.Stub(name, cache)));
        return LoadBinding(files.Binding);
    }

    /// <summary>
    /// Two libtorches in one process share some of their state and not the rest: results could be
    /// anything.
    /// </summary>
    /// <exception cref="LibTorchException">The library is in the process more than
    /// once.</exception>
    public void RefuseTwoCopies(string name)
    {
        if (LoadedLibraries.Named(name) is { Count: > 1 } copies)
            throw new LibTorchException(
                $"{name} is in this process {copies.Count} times: {string.Join(", ", copies)}.",
                _tried);
    }

    private string LoadBinding(string original)
    {
        if (SystemLibrary.Provides(LibTorchPatch.Library, LibTorchPatch.Version))
            return LoadLibrary(original);
        _tried.Add($"{original}: needs {LibTorchPatch.Version}, which libstdc++ here lacks");
        return LoadLibrary(Cached(original, cache => WeakenedCopy(original, cache)));
    }

    private string WeakenedCopy(string original, string cache) =>
        LibraryCache.WeakenedCopy(original, cache).IfLeft(refusal =>
            throw new LibTorchException(
                $"{original} cannot be made to load here: {refusal}.", _tried));

    private string Cached(string what, Func<string, string> make)
    {
        if (environment.CacheFolder is not { } cache)
            throw new LibTorchException(
                $"There is no cache folder for a private copy of {what}: neither HOME nor"
                + $" {LibTorchEnvironment.CacheVariable} is set.",
                _tried);
        try
        {
            return make(cache);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new LibTorchException(
                $"The private copy of {what} could not be written below {cache}"
                + $" ({LibTorchEnvironment.CacheVariable} names another folder): {cause.Message}",
                _tried,
                cause);
        }
    }

    private string LoadLibrary(string path)
    {
        // The system's loader maps a truncated file and dies of it (SIGBUS).
        if (ElfHeader.Missing(path) is > 0 and var missing)
        {
            _tried.Add($"{path}: the file is {missing} bytes shorter than it says");
            throw new LibTorchException($"{path} is truncated or no library.", _tried);
        }
        try
        {
            NativeLibrary.Load(path);
            _tried.Add($"{path}: loaded");
            return path;
        }
        catch (Exception cause) when (cause is DllNotFoundException or BadImageFormatException)
        {
            _tried.Add($"{path}: {cause.Message}");
            throw new LibTorchException($"{path} could not be loaded.", _tried, cause);
        }
    }
}
