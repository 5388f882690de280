namespace SkPaged.Engine.Cuda;

/// <summary>A kernel of the engine does not compile for the device at hand.</summary>
public sealed class KernelCompilationException : Exception
{
    internal KernelCompilationException(string kernel, string log)
        : base($"{kernel} does not compile:{Environment.NewLine}{log}") =>
        (Kernel, Log) = (kernel, log);

    /// <summary>The source file.</summary>
    public string Kernel { get; }

    /// <summary>What the compiler said.</summary>
    public string Log { get; }
}
