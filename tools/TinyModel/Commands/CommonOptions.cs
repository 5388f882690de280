using System.CommandLine;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>The model's folder.</summary>
    public static Option<DirectoryInfo> Folder() => new("--folder")
    {
        Description = "The model's folder.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("models", "tiny")),
    };

    /// <summary>The seed of everything that is chosen.</summary>
    public static Option<ulong> Seed(ulong seed) => new("--seed")
    {
        Description = "The seed of all choices.",
        DefaultValueFactory = _ => seed,
    };

    /// <summary>Where to compute.</summary>
    public static Option<string> Device() =>
        new Option<string>("--device")
        {
            Description = "Where to compute: cpu, cuda, or auto for CUDA where there is some.",
            DefaultValueFactory = _ => "auto",
        }.AcceptOnlyFromAmong("auto", "cpu", "cuda");

    /// <summary>Loads libtorch and picks the device.</summary>
    /// <exception cref="InvalidOperationException">CUDA was asked for and there is none.</exception>
    public static Device Open(string name)
    {
        LibTorch.Load();
        return (name, cuda.is_available()) switch
        {
            ("cuda", false) => throw new InvalidOperationException(
                "There is no CUDA device, or libtorch is built without CUDA: set SKPAGED_LIBTORCH to a CUDA build."),
            ("cpu", _) or ("auto", false) => CPU,
            _ => CUDA,
        };
    }
}
