using Microsoft.Extensions.Logging;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// What observers are told of an engine, in words and in numbers. They see decisions after the
/// fact: a logger or a listener that throws is ignored, so that it cannot take the engine along.
/// </summary>
internal sealed class EngineTelemetry(string engine, Func<EngineSnapshot> snapshot, ILogger log)
    : IDisposable
{
    private readonly EngineMetrics _metrics = new(engine, snapshot);

    public void Started(SchedulerConfig config) =>
        Tell(config, static (self, config) => self.Log.Started(
            self.Engine,
            config.BlocksTotal,
            config.BlockSize,
            config.MaxSequences,
            config.MaxBatchedTokens));

    public void StepRan(StepPlan plan, StepOutcome outcome) =>
        Tell((plan, outcome), static (self, step) => self.TellStep(step.plan, step.outcome));

    public void FirstToken(Generation generation) =>
        Tell(generation, static (self, generation) =>
            self._metrics.FirstToken(generation.TimeToFirstToken ?? TimeSpan.Zero));

    /// <summary>All samples of a request have ended.</summary>
    public void Finished(RequestId id, SampleEnds ends) =>
        Tell((id, ends), static (self, end) =>
        {
            self._metrics.Finished(end.ends.Reason);
            self.Log.Finished(self.Engine, end.id, end.ends.Reason, end.ends.Usage);
        });

    public void Rejected(Decision.Reject reject) =>
        Tell(reject, static (self, reject) =>
        {
            self._metrics.Rejected(reject.Why);
            self.Log.Rejected(self.Engine, reject.Id, reject.Why.Message);
        });

    public void Failed(Exception cause) =>
        Tell(cause, static (self, cause) => self.Log.Failed(cause, self.Engine));

    public void ExecutorDisposeFailed(Exception cause) =>
        Tell(cause, static (self, cause) => self.Log.ExecutorDisposeFailed(cause, self.Engine));

    public void EventLogFailed(Exception cause) =>
        Tell(cause, static (self, cause) => self.Log.EventLogFailed(cause, self.Engine));

    public void Stopped() => Tell(0, static (self, _) => self.Log.Stopped(self.Engine));

    public void Dispose() => Tell(0, static (self, _) => self._metrics.Dispose());

    private string Engine => engine;

    private ILogger Log => log;

    private void TellStep(StepPlan plan, StepOutcome outcome)
    {
        _metrics.StepRan(outcome.Took);
        if (outcome.Failure is { } failure)
            Log.StepFailed(failure.Cause, Engine, plan.Id, plan.Rows);
        if (!plan.Preempted.IsEmpty)
            Log.Preempted(Engine, plan.Id, plan.Preempted.Length);
    }

    private void Tell<T>(T what, Action<EngineTelemetry, T> say)
    {
        try
        {
            say(this, what);
        }
        catch (Exception)
        {
            // Nobody is left to tell that telling failed.
        }
    }
}
