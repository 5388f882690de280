using System.CommandLine;
using SkPaged.Engine.Cuda.Native;
using SkPaged.TinyModel.Corpus;
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

    /// <summary>Which held-out forms requests have.</summary>
    public static Option<string> Forms() => new Option<string>("--forms")
    {
        Description = "Which held-out forms requests have: of the first set or of the second.",
        DefaultValueFactory = _ => "first",
    }.AcceptOnlyFromAmong("first", "second");

    /// <summary>How often requests have held-out forms.</summary>
    public static Option<double> Share() => new("--share")
    {
        Description = "How often a request has a held-out form where there is one, from 0 to 1.",
        DefaultValueFactory = _ => RequestForms.First.Share,
    };

    /// <summary>Loads libtorch and picks the device.</summary>
    /// <exception cref="InvalidOperationException">
    /// CUDA was asked for and there is none.
    /// </exception>
    public static Device Open(string name)
    {
        LibTorch.Load();
        return (name, cuda.is_available()) switch
        {
            ("cuda", false) => throw new InvalidOperationException(
                "There is no CUDA device, or libtorch is built without CUDA: set "
                    + "SKPAGED_LIBTORCH to a CUDA build."),
            ("cpu", _) or ("auto", false) => CPU,
            _ => CUDA,
        };
    }
}
