using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Who waits for which request's answer. Used by the loop's thread only. Observers are told of an
/// end before the caller is: who has read it finds it counted. Whoever is not told, because telling
/// broke, is still open and will be abandoned.
/// </summary>
internal sealed class OpenGenerations(EngineTelemetry telemetry)
{
    private readonly Dictionary<RequestId, Generation> _open = [];

    public int Count => _open.Count;

    /// <summary>Remembers who opened a request; nobody opened other events.</summary>
    public void Open(Generation? generation)
    {
        if (generation is not null)
            _open.Add(generation.Id, generation);
    }

    public void Emit(Decision.Emit emit)
    {
        var generation = _open[emit.Id];
        if (generation.Emit(emit))
            telemetry.FirstToken(generation);
    }

    /// <param name="finish">The end of a sample.</param>
    /// <param name="failure">The failed step whose end it is, if it is one's.</param>
    public void Finish(Decision.Finish finish, StepFailure? failure)
    {
        var generation = _open[finish.Id];
        var ends = generation.Ends.With(finish);
        if (failure is not null)
            generation.Break(
                new StepFailedException(finish.Id, failure.Step, failure.Cause),
                goesOn: ends.Left > 0);
        var told = new TokenEvent.Finished(finish.Reason, finish.Usage)
        {
            Index = finish.Sample,
            Logprob = finish.Logprob,
        };
        Tell(generation, told, ends);
    }

    public void Choose(Decision.Choose choose)
    {
        var generation = _open[choose.Id];
        Tell(generation, new TokenEvent.Chosen(choose.Samples), generation.Ends.Chosen());
    }

    public void Reject(Decision.Reject reject)
    {
        var generation = _open[reject.Id];
        Exception error = reject.Why is Rejection.QueueFull full
            ? EngineOverloadedException.QueueFull(full)
            : new RequestRejectedException(reject.Id, reject.Why);
        telemetry.Rejected(generation, reject, error);
        generation.Fail(error);
        _open.Remove(reject.Id);
    }

    private void Tell(Generation generation, TokenEvent told, SampleEnds ends)
    {
        if (ends.AreAll)
            telemetry.Finished(generation, ends);
        generation.Tell(told, ends);
        if (ends.AreAll)
            _open.Remove(generation.Id);
    }

    public void AbandonAll(LoopEnd end)
    {
        foreach (var generation in _open.Values)
            Abandon(generation, end);
        _open.Clear();
    }

    /// <summary>One that the engine does not come to any more.</summary>
    public void Abandon(Generation generation, LoopEnd end)
    {
        var error = end.ToException();
        telemetry.Abandoned(generation, error);
        generation.Abandon(error);
    }
}
