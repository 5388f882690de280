using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// The only interface between the two worlds: plans in, tokens out. An executor owns the weights
/// and the KV cache, mutates both, and decides nothing.
/// </summary>
/// <remarks>Called from one thread at a time: the engine loop's.</remarks>
public interface IStepExecutor : IDisposable
{
    /// <summary>
    /// Computes all rows of <paramref name="plan"/>, writes their K and V to the slots that the
    /// block tables give, and draws a token for each sample of each row, after all swap-outs, all
    /// swap-ins and all copies, in this order.
    /// </summary>
    /// <returns>The drawn tokens in row order, and of a row in sample order.</returns>
    /// <exception cref="ExecutorLostException">No step can run any more.</exception>
    /// <exception cref="Exception">
    /// The step could not run; its requests end with an error.
    /// </exception>
    StepResult Execute(StepPlan plan);
}
