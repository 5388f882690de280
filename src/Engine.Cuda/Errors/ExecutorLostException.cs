namespace SkPaged.Engine.Cuda;

/// <summary>
/// Thrown by an <see cref="IStepExecutor"/> that cannot run another step: the device is gone, or
/// its memory can no longer be trusted. It stops the engine; any other exception fails one step.
/// </summary>
/// <param name="message">What was lost.</param>
/// <param name="cause">What was seen, if anything.</param>
public sealed class ExecutorLostException(string message, Exception? cause = null)
    : Exception(message, cause);
