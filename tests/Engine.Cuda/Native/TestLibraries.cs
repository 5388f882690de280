using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Tests.Native;

/// <summary>The native libraries that tests read, as the application finds them.</summary>
internal static class TestLibraries
{
    public static string? Binding { get; } =
        LibTorchEnvironment.Current().PackageFolders
            .Select(folder => Path.Combine(folder, LibTorchLocator.Binding))
            .FirstOrDefault(File.Exists);

    public static byte[] BindingBytes()
    {
        Xunit.Skip.If(Binding is null, "the libraries of this system are not ELF files");
        return File.ReadAllBytes(Binding!);
    }
}
