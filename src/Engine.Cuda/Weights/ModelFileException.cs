namespace SkPaged.Engine.Cuda.Weights;

/// <summary>A file of a model is missing, corrupt, or not what the model needs.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>Names the file, the tensor if it is about one, and what is wrong.</summary>
    public ModelFileException(string file, string? tensor, string problem, Exception? cause = null)
        : base(Text(file, tensor, problem), cause) => (File, Tensor) = (file, tensor);

    /// <summary>The file or the folder.</summary>
    public string File { get; }

    /// <summary>The tensor's name; null where the file as a whole is meant.</summary>
    public string? Tensor { get; }

    private static string Text(string file, string? tensor, string problem) =>
        tensor is null ? $"{file}: {problem}" : $"{file}: tensor {tensor}: {problem}";
}
