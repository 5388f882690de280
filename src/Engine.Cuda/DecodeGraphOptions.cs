using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// What may be captured at the start as graphs of decode steps, on a CUDA device with own kernels.
/// A step of more rows, or of another kind, is launched one kernel after the other; what it
/// computes is the same.
/// </summary>
/// <remarks>
/// Graphs are captured for some numbers of rows, the smallest first, until one of these limits is
/// reached; the log says how many there are then. A step takes the least that holds its rows.
/// </remarks>
public sealed record DecodeGraphOptions
{
    private const int RowsLimit = 512;

    private static readonly TimeSpan _timeLimit = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Rows of the largest graph, 0 .. 512, default 512; never more than may run at once. 0: there
    /// are no graphs.
    /// </summary>
    public int RowsMax { get; init; } = RowsLimit;

    /// <summary>
    /// Time after which no further graph is begun: 0 .. 10 minutes, default 10 seconds. A graph
    /// takes some milliseconds; the first start takes some more to tune its products, which count
    /// (<see cref="LlmEngineOptions.TuneProducts"/>).
    /// </summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of the device's memory after which no further graph is begun, 0 or more, default
    /// 1 GiB. A graph takes some megabytes, and so do the kernels of its products.
    /// </summary>
    public long BytesMax { get; init; } = 1L << 30;

    internal IEnumerable<ConfigError> Errors()
    {
        if (RowsMax is < 0 or > RowsLimit)
            yield return new(Named(nameof(RowsMax)), $"{RowsMax}", $"from 0 to {RowsLimit}");
        if (TimeMax < TimeSpan.Zero || TimeMax > _timeLimit)
            yield return new(
                Named(nameof(TimeMax)), $"{TimeMax}", $"from {TimeSpan.Zero} to {_timeLimit}");
        if (BytesMax < 0)
            yield return new(Named(nameof(BytesMax)), $"{BytesMax}", "0 or more");
    }

    private static string Named(string name) => $"{nameof(LlmEngineOptions.DecodeGraphs)}.{name}";
}
