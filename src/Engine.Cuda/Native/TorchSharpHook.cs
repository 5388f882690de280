using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Makes TorchSharp use the native library that is loaded already. Left alone it would look for libtorch
/// beside the application first, and with <c>SKPAGED_LIBTORCH</c> load a second one into the process.
/// </summary>
internal static class TorchSharpHook
{
    private static readonly string[] LoadedFlags = ["nativeBackendLoaded", "nativeBackendCudaLoaded"];

    /// <summary>Whether TorchSharp has loaded its native library by itself.</summary>
    public static bool IsLoaded => Flag(LoadedFlags[0])?.GetValue(null) is true;

    /// <summary>Sends TorchSharp's native calls to a loaded library.</summary>
    public static void Use(nint binding)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(
                typeof(torch).Assembly,
                (name, _, _) => name == "LibTorchSharp" ? binding : nint.Zero);
        }
        catch (InvalidOperationException)
        {
            // The application has a resolver of its own; the loader still finds the library by its soname.
        }
        foreach (var flag in LoadedFlags)
            Flag(flag)?.SetValue(null, true);
    }

    // Private to TorchSharp: where another version lacks them, it finds the library by its soname.
    private static FieldInfo? Flag(string name) =>
        typeof(torch).GetField(name, BindingFlags.Static | BindingFlags.NonPublic);
}
