using SkPaged.Engine.Cuda.Weights;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A model in Hugging Face's form: a folder with <c>config.json</c> and safetensors.
/// </summary>
/// <param name="Path">The folder.</param>
/// <param name="Config">What the decoder looks like.</param>
/// <param name="Generation">What the model's makers recommend for sampling.</param>
public sealed record ModelFolder(string Path, ModelConfig Config, GenerationDefaults Generation)
{
    private const string ConfigFile = "config.json";

    /// <summary>
    /// Reads the configuration and sees that there are weights; opens none of them.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="ModelFileException">The folder, its configuration or its weights are
    /// missing.</exception>
    /// <exception cref="ModelConfigException">The configuration is invalid or not
    /// supported.</exception>
    public static ModelFolder Open(string path)
    {
        var model = OpenFolder(path);
        return HasWeights(path) ? model : throw new ModelFileException(path, null, NoWeights(path));
    }

    /// <summary>Reads the configuration alone, for weights that come from elsewhere.</summary>
    /// <param name="path">The folder, or the <c>config.json</c> itself.</param>
    /// <exception cref="ModelFileException">The folder or its configuration is
    /// missing.</exception>
    /// <exception cref="ModelConfigException">The configuration is invalid or not
    /// supported.</exception>
    public static ModelFolder OpenConfig(string path)
    {
        if (!File.Exists(path))
            return OpenFolder(path);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        return new(folder, ModelConfig.Read(path), GenerationDefaults.Read(folder));
    }

    /// <summary>Opens the weights; the caller disposes them.</summary>
    /// <exception cref="ModelFileException">A file is missing or corrupt.</exception>
    public WeightFiles OpenWeights() => WeightFiles.Open(Path);

    private static ModelFolder OpenFolder(string path)
    {
        if (!Directory.Exists(path))
            throw new ModelFileException(
                path, null,
                File.Exists(path)
                    ? "is a file; the model's folder is needed"
                    : "there is no such folder");
        var config = System.IO.Path.Combine(path, ConfigFile);
        if (!File.Exists(config))
            throw new ModelFileException(
                path, null, $"is no model folder: {ConfigFile} is missing");
        return new(path, ModelConfig.Read(config), GenerationDefaults.Read(path));
    }

    private static bool HasWeights(string path) =>
        File.Exists(System.IO.Path.Combine(path, WeightFiles.SingleFile))
        || File.Exists(System.IO.Path.Combine(path, WeightFiles.IndexFile));

    private static string NoWeights(string path)
    {
        string[] otherForms = ["*.bin", "*.pth", "*.pt", "*.gguf", "*.safetensors"];
        var others = otherForms
            .SelectMany(form => Directory.EnumerateFiles(path, form))
            .Select(System.IO.Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .Take(3)
            .ToArray();
        var missing =
            $"has no weights: neither {WeightFiles.SingleFile} nor {WeightFiles.IndexFile}"
            + $" ({nameof(LoadFormat)} {nameof(LoadFormat.Dummy)} draws random ones)";
        return others.Length == 0
            ? missing
            : $"{missing}; {string.Join(", ", others)} cannot be read instead";
    }
}
