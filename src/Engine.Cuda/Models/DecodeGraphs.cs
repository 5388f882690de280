using System.Diagnostics;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// Decode steps of some numbers of rows as captured graphs: one launch instead of hundreds. A step
/// takes the graph of the least number that holds its rows.
/// </summary>
/// <remarks>
/// Captured at the start, the smallest first, until all are there or the start has taken long
/// enough or memory enough. Larger steps are launched one kernel after the other, which their
/// kernels' time hides.
/// </remarks>
internal sealed class DecodeGraphs : IDisposable
{
    private readonly SortedList<int, CudaGraph> _graphs = [];

    /// <summary>How many there are.</summary>
    public int Count => _graphs.Count;

    /// <summary>Rows of the largest one that there is; 0: there is none.</summary>
    public int Largest => _graphs.Count == 0 ? 0 : _graphs.Keys[^1];

    /// <summary>What capturing took.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>What they take of the device's memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>Captures graphs of up to so many rows.</summary>
    /// <param name="context">The device.</param>
    /// <param name="stream">Where work goes; idle.</param>
    /// <param name="rowsMax">The most rows; 0: no graphs.</param>
    /// <param name="limits">What the start may take.</param>
    /// <param name="warmUp">
    /// Runs a step of so many rows that have no work: products find their algorithms, and kernels
    /// are loaded, before they are captured.
    /// </param>
    /// <param name="forward">Puts a step of so many rows into the stream.</param>
    /// <exception cref="CudaException">One cannot be captured.</exception>
    public void Capture(
        CudaContext context, CudaStream stream, int rowsMax, DecodeGraphOptions limits,
        Action<int> warmUp, Action<int> forward)
    {
        var (began, free) = (Stopwatch.GetTimestamp(), context.BytesFree());
        foreach (var rows in Sizes(rowsMax))
        {
            if (Took >= limits.TimeMax || Bytes >= limits.BytesMax)
                break;
            warmUp(rows);
            stream.Synchronize();
            _graphs.Add(rows, CudaGraph.Capture(stream, () => forward(rows)));
            (Took, Bytes) = (Stopwatch.GetElapsedTime(began), free - context.BytesFree());
        }
    }

    /// <summary>Rows of the graph for a step of so many; 0: there is none.</summary>
    public int RowsFor(int rows)
    {
        foreach (var size in _graphs.Keys)
            if (size >= rows)
                return size;
        return 0;
    }

    /// <summary>Puts a graph into the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="rows">As <see cref="RowsFor"/> gave it.</param>
    public void Launch(CudaStream stream, int rows) => stream.Launch(_graphs[rows]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var graph in _graphs.Values)
            graph.Dispose();
        _graphs.Clear();
    }

    // A step between two of them computes less than a quarter in vain, and of many rows less than
    // an eighth.
    private static IEnumerable<int> Sizes(int most)
    {
        for (var rows = 1; rows < most; rows += rows < 4 ? 1 : rows < 8 ? 2 : Step(rows))
            yield return rows;
        if (most > 0)
            yield return most;
    }

    private static int Step(int rows) => rows < 64 ? 8 : rows < 128 ? 16 : rows / 8;
}
