namespace SkPaged.Engine.Cuda.Native;

/// <summary>Work of a stream that was captured, to be run again and again in one piece.</summary>
internal sealed class CudaGraph : CudaHandle
{
    // Other threads of the process may allocate meanwhile.
    private const int CaptureModeThreadLocal = 1;

    private CudaGraph(nint value)
        : base(value)
    {
    }

    /// <summary>
    /// Captures what <paramref name="work"/> puts into the stream; nothing of it runs. The
    /// addresses that it names must live as long as the graph is used.
    /// </summary>
    /// <exception cref="CudaException">It cannot be captured.</exception>
    public static CudaGraph Capture(CudaStream stream, Action work)
    {
        CudaDriver.Check(
            CudaDriver.cuStreamBeginCapture_v2(stream.Value, CaptureModeThreadLocal),
            nameof(CudaDriver.cuStreamBeginCapture_v2));
        nint captured = 0;
        try
        {
            work();
        }
        catch
        {
            // The stream is usable again only when its capture has ended.
            if (CudaDriver.cuStreamEndCapture(stream.Value, out captured) == 0)
                _ = CudaDriver.cuGraphDestroy(captured);
            throw;
        }
        CudaDriver.Check(
            CudaDriver.cuStreamEndCapture(stream.Value, out captured),
            nameof(CudaDriver.cuStreamEndCapture));
        try
        {
            CudaDriver.Check(
                CudaDriver.cuGraphInstantiateWithFlags(out var graph, captured, 0),
                nameof(CudaDriver.cuGraphInstantiateWithFlags));
            return new(graph);
        }
        finally
        {
            _ = CudaDriver.cuGraphDestroy(captured);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => CudaDriver.cuGraphExecDestroy(handle) == 0;
}
