using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>A baseline's next step: those running, then those whose chunks are free.</summary>
internal static class ReservedPlan
{
    public static (IServing, Seq<Decision>) Apply(ReservedServing serving)
    {
        var next = Admit(serving);
        if (next.Running.IsEmpty)
            return (serving, default);
        var counts = Counts(next);
        var plan = PlanOf(next, counts);
        return (next with
        {
            InFlight = plan,
            Copies = [],
            NextStep = new StepId(next.NextStep.Value + 1),
            Use = UseOf(next, counts),
        },
        Prelude.Seq1<Decision>(new Decision.RunStep(plan)));
    }

    // The first that does not fit keeps all others out, as with ours.
    private static ReservedServing Admit(ReservedServing serving)
    {
        var isStatic = serving.BatchSize > 0;
        if (serving.Waiting.IsEmpty || (isStatic && !serving.Running.IsEmpty))
            return serving;
        var (region, waiting, id) = (serving.Region, serving.Waiting, serving.NextSequence.Value);
        var running = serving.Running.ToBuilder();
        var width = running.Sum(sequence => sequence.Width);
        var budget = serving.Config.MaxBatchedTokens - running.Sum(sequence => sequence.Pending);
        for (var requests = 0; !waiting.IsEmpty; requests++)
        {
            var request = waiting.Peek();
            if (isStatic ? requests == serving.BatchSize : budget <= 0)
                break;
            if (width + request.Width > serving.Config.MaxSequences
                || Chunks(region, request.Width, serving.BlocksOf(request)) is not { } chunks)
                break;
            running.Add(Started(serving, request, new SequenceId(id), chunks.Chunks));
            (region, waiting) = (chunks.Region, waiting.Dequeue());
            (width, id) = (width + request.Width, id + request.Width);
            budget -= request.Prompt.Length;
        }

        return serving with
        {
            Region = region,
            Running = running.DrainToImmutable(),
            Waiting = waiting,
            NextSequence = new SequenceId(id),
        };
    }

    private static (Buddy Region, ImmutableArray<Chunk> Chunks)? Chunks(
        Buddy region, int count, int blocks)
    {
        var chunks = ImmutableArray.CreateBuilder<Chunk>(count);
        while (chunks.Count < count)
        {
            if (region.Take(blocks) is not { } taken)
                return null;
            region = taken.Next;
            chunks.Add(taken.Chunk);
        }

        return (region, chunks.MoveToImmutable());
    }

    private static ReservedSequence Started(
        ReservedServing serving, Request request, SequenceId id, ImmutableArray<Chunk> chunks) =>
        new(
            id, request, Sample: 0, AppendLog<TokenId>.From(request.Prompt), Computed: 0, chunks,
            ReservedSequence.TableOf(chunks[0], serving.BlocksOf(request)));

    // Tokens of each that runs; 0 where the budget is spent or the sequence is over.
    private static int[] Counts(ReservedServing serving)
    {
        var budget = serving.Config.MaxBatchedTokens;
        var counts = new int[serving.Running.Length];
        for (var index = 0; index < counts.Length; index++)
        {
            var sequence = serving.Running[index];
            counts[index] = sequence.IsOver ? 0 : Math.Min(sequence.Pending, budget);
            budget -= counts[index];
        }

        return counts;
    }

    private static StepPlan PlanOf(ReservedServing serving, int[] counts)
    {
        var rows = serving.Running.Zip(counts).Where(row => row.Item2 > 0).ToArray();
        return new StepPlan(
            serving.NextStep,
            serving.Config.BlockSize,
            Column(rows, (sequence, _) => sequence.Id),
            Column(rows, (sequence, _) => sequence.Computed),
            Column(rows, (_, count) => count),
            Column(rows, (sequence, _) => sequence.Tokens),
            Column(rows, (sequence, _) => sequence.Request.Prompt.Length),
            Column(rows, (sequence, _) => sequence.Table),
            Column(rows, (sequence, count) =>
                count == sequence.Pending ? sequence.Request.Sampling : null),
            Column(rows, (sequence, count) => count < sequence.Pending
                ? default
                : new SampleRange(
                    sequence.Sample, sequence.Request.Beams is null ? sequence.Width : 1)),
            Column(rows, (_, _) => ImmutableArray<TokenId>.Empty),
            Preempted: [])
        {
            Copies = serving.Copies,
        };
    }

    private static ImmutableArray<T> Column<T>(
        (ReservedSequence, int)[] rows, Func<ReservedSequence, int, T> value)
    {
        var column = new T[rows.Length];
        for (var row = 0; row < rows.Length; row++)
            column[row] = value(rows[row].Item1, rows[row].Item2);
        return ImmutableCollectionsMarshal.AsImmutableArray(column);
    }

    private static KvUse UseOf(ReservedServing serving, int[] counts)
    {
        var (held, future, unused, sequences) = (0L, 0L, 0L, 0);
        for (var index = 0; index < counts.Length; index++)
        {
            var sequence = serving.Running[index];
            var now = sequence.Computed + counts[index];
            var last = Reservations.Final(sequence.Request, serving.Config.MaxModelLength);
            var reserved = serving.Reservation.Tokens(
                sequence.Request, serving.Config.MaxModelLength);
            held += now;
            future += (long)sequence.Width * last - now;
            unused += (long)sequence.Width * (reserved - last);
            sequences += sequence.IsOver ? 0 : 1;
        }

        var size = serving.Config.BlockSize;
        return new KvUse(
            held, future, unused, (long)(serving.Region.Total - serving.Region.Free) * size,
            (long)serving.Region.Total * size, sequences,
            !serving.Waiting.IsEmpty, BlocksShared: 0, BlocksReferenced: 0);
    }
}
