using System.Collections.Immutable;
using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Memory;

/// <summary>
/// Runs plans one after the other, each when the one before is answered: a plan may lie here
/// before the tokens that it awaits exist, and takes them from the answer.
/// </summary>
public sealed class SymbolicDevice(SchedulerConfig config)
{
    private readonly SymbolicExecutor _executor = new(config);
    private readonly Queue<StepPlan> _plans = [];
    private readonly System.Collections.Generic.HashSet<SequenceId> _lost = [];

    /// <summary>Sees an event and what was decided, and runs what can run then.</summary>
    /// <returns>What a row found that is not its own; empty when the cache is right.</returns>
    public IReadOnlyList<string> After(Event evt, Seq<Decision> decisions)
    {
        var misread = Answered(evt);
        foreach (var plan in decisions.OfType<Decision.RunStep>().Select(run => run.Plan))
        {
            _plans.Enqueue(plan);
            if (_plans.Count == 1)
                misread = Run(plan, []);
        }

        return misread;
    }

    private IReadOnlyList<string> Answered(Event evt)
    {
        if (!_plans.TryPeek(out var plan) || Answer(plan, evt) is not { } samples)
            return [];
        _plans.Dequeue();
        _lost.Clear();
        if (samples.IsDefault)
        {
            _executor.Fail(plan);
            _lost.UnionWith(plan.Sequences);
        }

        return _plans.TryPeek(out var next) ? Run(next, samples) : [];
    }

    private IReadOnlyList<string> Run(StepPlan plan, ImmutableArray<SampledToken> before) =>
        _executor.Execute(plan, before, _lost);

    // Default where the step failed; null where this is no answer to it.
    private static ImmutableArray<SampledToken>? Answer(StepPlan plan, Event evt) =>
        evt switch
        {
            Event.StepCompleted(var result) when result.Step == plan.Id =>
                result.Samples.IsDefault || result.Samples.Length != plan.SamplesTotal
                    ? default(ImmutableArray<SampledToken>)
                    : result.Samples,
            Event.StepFailed(var step, _) when step == plan.Id =>
                default(ImmutableArray<SampledToken>),
            _ => null,
        };
}
