using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>Why a step could not run.</summary>
internal sealed record StepFailure(StepId Step, Exception Cause);

/// <summary>How a step went.</summary>
/// <param name="Answer">What the scheduler is told.</param>
/// <param name="Took">What the executor took.</param>
/// <param name="Failure">Why it could not run; null = it ran.</param>
internal readonly record struct StepOutcome(Event Answer, TimeSpan Took, StepFailure? Failure);

/// <summary>
/// Runs plans, each to its end. Exceptions become events, unless the executor is lost.
/// </summary>
internal sealed class StepRunner(IStepExecutor executor, TimeProvider clock)
{
    /// <exception cref="ExecutorLostException">No further step can run.</exception>
    public StepOutcome Run(StepPlan plan)
    {
        var began = clock.GetTimestamp();
        var ended = executor.Begin(plan);
        return Outcome(plan, clock.GetElapsedTime(began), ended);
    }

    /// <summary>How a step went that took so long and came to this.</summary>
    /// <exception cref="ExecutorLostException">No further step can run.</exception>
    public static StepOutcome Outcome(StepPlan plan, TimeSpan took, Task<StepResult> ended)
    {
        try
        {
            var result = ended.GetAwaiter().GetResult();
            return StepResultException.Check(plan, result) is { } wrong
                ? Failed(plan, took, wrong)
                : new StepOutcome(new Event.StepCompleted(result), took, null);
        }
        catch (Exception cause) when (cause is not ExecutorLostException)
        {
            return Failed(plan, took, cause);
        }
    }

    private static StepOutcome Failed(StepPlan plan, TimeSpan took, Exception cause) =>
        new(new Event.StepFailed(plan.Id, cause.Message), took, new StepFailure(plan.Id, cause));
}
