using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Laws;

/// <summary>What an event says of the step in flight.</summary>
public enum StepOutcome
{
    /// <summary>Nothing: it is no answer.</summary>
    None,

    /// <summary>It answers a step that is not in flight.</summary>
    Unexpected,

    /// <summary>The step ran.</summary>
    Completed,

    /// <summary>The step did not run, or came back with the wrong number of tokens.</summary>
    Failed,
}

/// <summary>Reads outcomes.</summary>
public static class StepOutcomes
{
    public static StepOutcome Outcome(this Transition transition)
    {
        var plan = transition.Before.InFlight;
        return transition.Event switch
        {
            Event.StepCompleted(var result) =>
                result.Step != plan?.Id ? StepOutcome.Unexpected
                : result.Samples.IsDefault ? StepOutcome.Failed
                : result.Samples.Length == plan.SamplesTotal ? StepOutcome.Completed
                : StepOutcome.Failed,
            Event.StepFailed(var step, _) =>
                step == plan?.Id ? StepOutcome.Failed : StepOutcome.Unexpected,
            _ => StepOutcome.None,
        };
    }
}
