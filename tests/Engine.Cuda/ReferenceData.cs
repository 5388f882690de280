using System.Runtime.CompilerServices;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests;

/// <summary>
/// Models made with Hugging Face transformers, beside the repository or in the folder that
/// SKPAGED_TEST_DATA names; absent on a user's machine.
/// </summary>
internal static class ReferenceData
{
    public static readonly string[] Models =
        ["llama", "llama3-rope", "llama-sharded-bf16", "mistral", "qwen2", "qwen3"];

    /// <summary>The folder of a reference model; skips the test where it is absent.</summary>
    public static string Model(string name)
    {
        var data = Environment.GetEnvironmentVariable("SKPAGED_TEST_DATA")
            ?? Path.Combine(Root(), "..", "shared", "data");
        var folder = Path.Combine(data, "models", name);
        Skip.IfNot(Directory.Exists(folder), $"no reference data at {folder}");
        return folder;
    }

    // tests/Engine.Cuda/ReferenceData.cs -> the repository's root
    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
