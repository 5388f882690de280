namespace SkPaged.Engine.Cuda;

/// <summary>Why a loop takes no more mail.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Cause">What it failed of; null = it was disposed.</param>
internal sealed record LoopEnd(string Engine, Exception? Cause)
{
    // A new one for each caller: an exception that is thrown twice loses its stack trace.
    public Exception ToException() =>
        Cause is null
            ? new ObjectDisposedException(Engine, $"The engine '{Engine}' has been disposed.")
            : new EngineFailedException(Engine, Cause);
}
