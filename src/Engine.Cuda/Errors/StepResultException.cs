using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>An executor answered a plan with something that is not its result.</summary>
public sealed class StepResultException : Exception
{
    private StepResultException(string message)
        : base(message)
    {
    }

    /// <summary>Why <paramref name="result"/> is not the plan's; null = it is.</summary>
    internal static StepResultException? Check(StepPlan plan, StepResult? result)
    {
        if (result is null || result.Samples.IsDefault)
            return new StepResultException($"The executor gave no result for {plan.Id}.");
        if (result.Step != plan.Id)
            return new StepResultException($"The executor answered {plan.Id} with {result.Step}.");
        var wanted = plan.SamplesTotal;
        return result.Samples.Length == wanted
            ? null
            : new StepResultException(
                $"The executor gave {result.Samples.Length} samples; {plan.Id} draws {wanted}.");
    }
}
