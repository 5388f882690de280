namespace SkPaged.Engine.Cuda;

/// <summary>The device that was asked for is not there.</summary>
public sealed class DeviceUnavailableException : Exception
{
    internal DeviceUnavailableException(string message)
        : base(message)
    {
    }
}
