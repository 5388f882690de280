namespace SkPaged.Engine.Cuda;

/// <summary>
/// The device that was asked for is not there, or something that the engine needs to work on it.
/// </summary>
public sealed class DeviceUnavailableException : Exception
{
    internal DeviceUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
