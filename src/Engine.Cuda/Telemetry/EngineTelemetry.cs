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
            self._metrics.Server.FirstToken(
                generation.Operation, generation.TimeToFirstToken ?? TimeSpan.Zero));

    /// <summary>All samples of a request have ended.</summary>
    public void Finished(Generation generation, SampleEnds ends) =>
        Tell((generation, ends), static (self, end) =>
        {
            self._metrics.Finished(end.ends.Reason);
            self.TellServer(end.generation, end.ends);
            self.Log.Finished(
                self.Engine, end.generation.Id, end.ends.Reason, end.ends.Usage);
        });

    public void Rejected(Generation generation, Decision.Reject reject, Exception error) =>
        Tell((generation, reject, error), static (self, told) =>
        {
            self._metrics.Rejected(told.reject.Why);
            self.TellError(told.generation, told.error);
            self.Log.Rejected(self.Engine, told.reject.Id, told.reject.Why.Message);
        });

    /// <summary>The engine ended before the request did.</summary>
    public void Abandoned(Generation generation, Exception error) =>
        Tell((generation, error), static (self, told) =>
            self.TellError(told.generation, told.error));

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
        _metrics.StepRan(outcome.Took, plan.TokensTotal);
        if (outcome.Failure is { } failure)
            Log.StepFailed(failure.Cause, Engine, plan.Id, plan.Rows);
        if (!plan.Preempted.IsEmpty)
            Log.Preempted(Engine, plan.Id, plan.Preempted.Length);
    }

    private void TellServer(Generation generation, SampleEnds ends)
    {
        if (generation.Failure is { } failure)
            TellError(generation, failure);
        else if (ends.Reason is FinishReason.Abort or FinishReason.Error)
            _metrics.Server.Failed(
                generation.Operation, generation.Age, EngineMetrics.Word(ends.Reason));
        else
            _metrics.Server.Answered(
                generation.Operation, generation.Age,
                generation.Age - generation.TimeToFirstToken, ends.TokensMax);
    }

    private void TellError(Generation generation, Exception error) =>
        _metrics.Server.Failed(
            generation.Operation, generation.Age, error.GetType().FullName ?? "_OTHER");

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
