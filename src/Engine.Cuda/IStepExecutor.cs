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
    /// Whether steps run beside the loop's thread. Then the loop begins them with
    /// <see cref="Begin"/>, and the next one before it has the answer of the one before, so that
    /// the device never waits. Default false: it runs each with <see cref="Execute"/>.
    /// </summary>
    bool IsAsynchronous => false;

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

    /// <summary>
    /// Begins a plan behind all that were begun before, and returns at once. Plans run one after
    /// the other, in this order, also behind one that fails. One that was made before the tokens
    /// of the step before it were known takes them from there: see <see cref="StepPlan.Awaited"/>.
    /// Those of rows that failed with that step may be anything.
    /// </summary>
    /// <returns>
    /// What <see cref="Execute"/> would return or throw; it completes in any case, also when the
    /// device is lost.
    /// </returns>
    Task<StepResult> Begin(StepPlan plan)
    {
        try
        {
            return Task.FromResult(Execute(plan));
        }
        catch (Exception cause)
        {
            return Task.FromException<StepResult>(cause);
        }
    }
}
