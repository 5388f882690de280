namespace SkPaged.Engine.Cuda;

/// <summary>The engine stopped for good; the inner exception says why. Build a new one.</summary>
public sealed class EngineFailedException : Exception
{
    /// <summary>Names the engine and what ended it.</summary>
    /// <param name="engine">The engine's name.</param>
    /// <param name="cause">What ended it.</param>
    public EngineFailedException(string engine, Exception cause)
        : base($"The engine '{engine}' has stopped: {cause?.Message}", cause)
    {
    }
}
