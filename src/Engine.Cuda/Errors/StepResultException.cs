using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>An executor answered a plan with something that is not its result.</summary>
public sealed class StepResultException : Exception
{
    private StepResultException(string message)
        : base(message)
    {
    }

    /// <summary>What keeps <paramref name="result"/> from being that of the plan; null = it is.</summary>
    internal static StepResultException? Check(StepPlan plan, StepResult? result)
    {
        if (result is null || result.Samples.IsDefault)
            return new StepResultException($"The executor gave no result for {plan.Id}.");
        if (result.Step != plan.Id)
            return new StepResultException($"The executor answered {plan.Id} with {result.Step}.");
        var wanted = SamplingRows(plan);
        return result.Samples.Length == wanted
            ? null
            : new StepResultException(
                $"The executor gave {result.Samples.Length} samples for the {wanted} sampling rows "
                + $"of {plan.Id}.");
    }

    private static int SamplingRows(StepPlan plan)
    {
        var count = 0;
        foreach (var sampling in plan.Samplings.AsSpan())
            count += sampling is null ? 0 : 1;
        return count;
    }
}
