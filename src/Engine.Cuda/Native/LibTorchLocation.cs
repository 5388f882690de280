namespace SkPaged.Engine.Cuda.Native;

/// <summary>By which rule libtorch was found.</summary>
public enum LibTorchSource
{
    /// <summary>The folder that <c>SKPAGED_LIBTORCH</c> names.</summary>
    Environment,

    /// <summary>The package beside the application.</summary>
    Package,

    /// <summary>
    /// It was in the process before the engine asked, or the system needs no help from it.
    /// </summary>
    TorchSharp,
}

/// <summary>Where libtorch was loaded from.</summary>
/// <param name="Source">By which rule.</param>
/// <param name="Folder">The folder of <c>libtorch_cpu</c>; empty where TorchSharp found it by
/// itself.</param>
/// <param name="Version">The version, such as <c>2.10.0</c>; <c>unknown</c> where the folder does
/// not tell.</param>
/// <param name="Binding">The TorchSharp native library in use, a full path where it is
/// known.</param>
/// <param name="Patched">Whether <paramref name="Binding"/> is the private copy for an older
/// libstdc++.</param>
/// <param name="HasCuda">Whether libtorch's CUDA part was loaded as well (not whether a device is
/// there).</param>
public sealed record LibTorchLocation(
    LibTorchSource Source,
    string Folder,
    string Version,
    string Binding,
    bool Patched,
    bool HasCuda);
