namespace SkPaged.Engine.Cuda;

/// <summary>A call of CUDA failed.</summary>
public sealed class CudaException : Exception
{
    internal CudaException(string call, int code, string name, string description)
        : base($"{call} failed: {name} ({code}){(description.Length > 0 ? ": " : "")}{description}")
        => (Call, Code, Name) = (call, code, name);

    /// <summary>The function that was called.</summary>
    public string Call { get; }

    /// <summary>The error's number.</summary>
    public int Code { get; }

    /// <summary>The error's name, such as <c>CUDA_ERROR_OUT_OF_MEMORY</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether the device's context is lost with it: no call succeeds any more, and what memory
    /// holds cannot be trusted.
    /// </summary>
    // ECC, hardware stack, illegal instruction or address, misalignment, time-out, assertion,
    // failed launch, and what the driver cannot name.
    public bool IsFatal => Call.StartsWith("cu", StringComparison.Ordinal)
        && !Call.StartsWith("cublas", StringComparison.Ordinal)
        && Code is 4 or 201 or 214 or 220 or 700 or 702 or 709 or 710
            or (>= 714 and <= 719) or 999;
}
