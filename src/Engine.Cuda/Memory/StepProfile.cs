using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>What a device has for the KV cache, found by running the longest step.</summary>
/// <param name="BytesFree">Bytes that nothing uses while the step runs.</param>
/// <param name="ActivationBytes">Bytes that executor and step take beside the weights.</param>
internal readonly record struct StepProfile(long BytesFree, long ActivationBytes)
{
    // The cache of a trial: its rows lie one over the other.
    private const int TrialBlocks = 1;

    /// <summary>Builds an executor, runs the longest step, and sees what is left.</summary>
    /// <param name="config">The limits, any number of blocks.</param>
    /// <param name="bytesPerBlock">Over all layers, K and V.</param>
    /// <param name="build">
    /// An executor of so many blocks, over weights that it does not free.
    /// </param>
    /// <param name="bytesFree">Bytes of the device that nothing uses.</param>
    /// <exception cref="DeviceMemoryException">The step does not fit.</exception>
    public static StepProfile Measure(
        SchedulerConfig config, long bytesPerBlock, Func<int, IStepExecutor> build,
        Func<long> bytesFree)
    {
        var before = bytesFree();
        using var executor = build(TrialBlocks);
        // Torch keeps what it took once, so that the peak is seen afterwards.
        var pool = before / bytesPerBlock * config.BlockSize;
        foreach (var plan in new LongestStep(config, pool).Plans())
            Run(executor, plan);
        var after = bytesFree();
        return new(after, Math.Max(0, before - after));
    }

    // A model that overflows on nonsense has computed the step all the same.
    private static void Run(IStepExecutor executor, StepPlan plan)
    {
        try
        {
            executor.Execute(plan);
        }
        catch (LogitsException)
        {
            // No token can be drawn, and none is wanted.
        }
    }
}
