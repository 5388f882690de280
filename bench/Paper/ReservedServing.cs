using System.Collections.Immutable;
using System.Diagnostics;
using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// The paper's baselines as another pure scheduler: first come, first served; every sequence gets
/// one contiguous chunk for all that it may become when its request starts, and keeps it to its
/// end. Nothing is shared, nobody is preempted. Batches are formed at every step (Orca), or one at
/// a time and run until all of it are over (FasterTransformer). Source: SOSP '23, section 6.1.
/// </summary>
/// <remarks>
/// Like ours: one token budget, prompts in chunks where it ends, the same limit of sequences; so
/// only the management of memory differs. The prompt of several samples is computed once, then
/// copied.
/// </remarks>
/// <param name="Config">Budget, limits, and the region's size.</param>
/// <param name="Reservation">How much a sequence reserves.</param>
/// <param name="BatchSize">Requests of a static batch at most; 0: batches are not static.</param>
internal sealed record ReservedServing(
    SchedulerConfig Config, Reservation Reservation, int BatchSize = 0) : IServing
{
    public Buddy Region { get; init; } = Buddy.Create(Config.BlocksTotal);

    /// <summary>In order of arrival; the samples of a request side by side.</summary>
    public ImmutableArray<ReservedSequence> Running { get; init; } = [];

    public ImmutableQueue<Request> Waiting { get; init; } = [];

    public StepPlan? InFlight { get; init; }

    /// <summary>What the next step copies: prompts, and beams that go on twice.</summary>
    public ImmutableArray<BlockCopy> Copies { get; init; } = [];

    public SequenceId NextSequence { get; init; }

    public StepId NextStep { get; init; }

    public KvUse Use { get; init; }

    public (IServing Next, Seq<Decision> Decisions) Step(Event evt) => evt switch
    {
        Event.Submitted submitted => Submit(submitted.Request),
        Event.StepWanted => InFlight is null ? ReservedPlan.Apply(this) : (this, default),
        Event.StepCompleted completed => ReservedCommit.Apply(this, completed.Result),
        Event.Cancelled cancelled => End(
            Waiting.Any(request => request.Id == cancelled.Id) ? [cancelled.Id] : [],
            sequence => sequence.Request.Id == cancelled.Id, cancelled.Reason),
        Event.StepFailed failed when InFlight is { } plan && plan.Id == failed.Step =>
            (this with { InFlight = null, Copies = [] }).End(
                [], sequence => plan.Sequences.Contains(sequence.Id), FinishReason.Error),
        Event.StepFailed => (this, default),
        _ => throw new UnreachableException(),
    };

    /// <summary>Blocks that each sequence of a request reserves.</summary>
    public int BlocksOf(Request request) => BlockTable.BlocksFor(
        Reservation.Tokens(request, Config.MaxModelLength), Config.BlockSize);

    private (IServing, Seq<Decision>) Submit(Request request) =>
        request.Prompt.Length >= Config.MaxModelLength
            ? Reject(request, new Rejection.PromptTooLong(
                request.Prompt.Length, Config.MaxModelLength - 1))
        : !Fits(request)
            ? Reject(request, new Rejection.PromptExceedsPool(
                request.Prompt.Length, Config.MaxServableLength - 1, Config.BlocksTotal,
                Config.BlockSize))
        : (this with { Waiting = Waiting.Enqueue(Told(request)) }, default);

    private (IServing, Seq<Decision>) Reject(Request request, Rejection why) =>
        (this, Prelude.Seq1<Decision>(new Decision.Reject(request.Id, why)));

    // Whether an empty region holds all its samples.
    private bool Fits(Request request)
    {
        var region = Buddy.Create(Config.BlocksTotal);
        for (var sample = 0; sample < request.Width; sample++)
        {
            if (region.Take(BlocksOf(request)) is not { } taken)
                return false;
            region = taken.Next;
        }

        return request.Width <= Config.MaxSequences;
    }

    // As our own engine asks for the candidates of a search.
    private static Request Told(Request request) => request.Beams is not { } beams
        ? request
        : request with { Sampling = request.Sampling with { Logprobs = beams.Width } };

    private (IServing, Seq<Decision>) End(
        ImmutableArray<RequestId> waiting, Func<ReservedSequence, bool> ends, FinishReason reason)
    {
        var over = Running.Where(ends).ToList();
        var region = over.SelectMany(sequence => sequence.Chunks)
            .Aggregate(Region, (left, chunk) => left.Give(chunk));
        var next = this with
        {
            Region = region,
            Running = Running.RemoveAll(sequence => ends(sequence)),
            Waiting = [.. Waiting.Where(request => !waiting.Contains(request.Id))],
        };
        var decisions =
            from sequence in over
            where !sequence.IsOver
            select ReservedCommit.Finish(sequence, sequence.Sample, reason);
        var unseen = waiting.Select(id => (Decision)new Decision.Finish(id, reason, default));
        return (next, Prelude.toSeq(decisions.Concat(unseen).ToArray()));
    }
}
