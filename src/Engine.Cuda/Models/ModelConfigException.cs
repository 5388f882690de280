namespace SkPaged.Engine.Cuda.Models;

/// <summary>A model's configuration is invalid, or asks for what the engine does not do.</summary>
public sealed class ModelConfigException : Exception
{
    /// <summary>Names the file, the key, its value and what is wrong.</summary>
    public ModelConfigException(string source, string key, string? value, string problem)
        : base(Text(source, key, value, problem)) => (Key, Value) = (key, value);

    internal ModelConfigException(string source, string problem, Exception cause)
        : base($"{source}: {problem}", cause) => Key = "";

    /// <summary>The key; the path to it where it is nested; empty for the whole file.</summary>
    public string Key { get; }

    /// <summary>The value as it stands in the file; null where it is missing.</summary>
    public string? Value { get; }

    private static string Text(string source, string key, string? value, string problem) =>
        value is null ? $"{source}: {key} {problem}" : $"{source}: {key} is {value}: {problem}";
}
