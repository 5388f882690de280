using System.Collections.Immutable;
using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>What a baseline makes of a step's answer.</summary>
internal sealed class ReservedCommit
{
    private readonly ReservedServing _serving;
    private readonly ImmutableArray<ReservedSequence>.Builder _running;
    private readonly List<Decision> _decisions = [];
    private readonly List<BlockCopy> _copies = [];
    private readonly List<ReservedSequence> _beams = [];
    private readonly List<SampledToken> _drawn = [];
    private Buddy _region;

    private ReservedCommit(ReservedServing serving)
    {
        (_serving, _region) = (serving, serving.Region);
        _running = ImmutableArray.CreateBuilder<ReservedSequence>(serving.Running.Length);
    }

    public static (IServing, Seq<Decision>) Apply(ReservedServing serving, StepResult result)
    {
        if (serving.InFlight is not { } plan || plan.Id != result.Step)
            return (serving, default);
        if (result.Samples.IsDefault || result.Samples.Length != plan.SamplesTotal)
            return serving.Step(new Event.StepFailed(plan.Id, "a sample for each draw"));
        var commit = new ReservedCommit(serving);
        commit.Merge(plan, result.Samples.AsSpan());
        return (commit.Frozen(), Prelude.toSeq(commit._decisions.ToArray()));
    }

    public static Decision Finish(ReservedSequence sequence, int sample, FinishReason reason) =>
        new Decision.Finish(
            sequence.Request.Id,
            reason,
            new Usage(
                sequence.Request.Prompt.Length,
                sequence.Tokens.Count - sequence.Request.Prompt.Length, 0, 0))
        {
            Sample = sample,
        };

    // Rows and running sequences are both in order of their ids.
    private void Merge(StepPlan plan, ReadOnlySpan<SampledToken> samples)
    {
        var (row, first) = (0, 0);
        foreach (var sequence in _serving.Running)
        {
            while (row < plan.Rows && plan.Sequences[row].Value < sequence.Id.Value)
                first += plan.Draws[row++].Count;
            if (row == plan.Rows || plan.Sequences[row] != sequence.Id)
            {
                _running.Add(sequence);
                continue;
            }

            Advance(
                sequence with { Computed = sequence.Computed + plan.TokenCounts[row] },
                samples.Slice(first, plan.Draws[row].Count));
        }
    }

    private void Advance(ReservedSequence sequence, ReadOnlySpan<SampledToken> drawn)
    {
        if (drawn.IsEmpty)
            _running.Add(sequence);
        else if (sequence.Request.Beams is { } beams)
            Gather(sequence, drawn[0], beams.Width);
        else
        {
            for (var sample = 0; sample < drawn.Length; sample++)
                Settle(Member(sequence, sample, drawn[sample].Token), drawn[sample]);
        }
    }

    // A sample of a prompt that has just been computed goes on in a chunk of its own.
    private ReservedSequence Member(ReservedSequence sequence, int sample, TokenId token) =>
        sample == 0
            ? sequence with
            {
                Tokens = sequence.Tokens.Append(token),
                Chunks = [sequence.Chunks[0]],
            }
            : Copied(sequence, sequence.Chunks[sample]) with
            {
                Id = new SequenceId(sequence.Id.Value + sample),
                Sample = sample,
                Tokens = sequence.Tokens.Append(token),
            };

    private ReservedSequence Copied(ReservedSequence source, Chunk to)
    {
        var table = ReservedSequence.TableOf(to, source.Table.Count);
        var blocks = BlockTable.BlocksFor(source.Computed, _serving.Config.BlockSize);
        for (var index = 0; index < blocks; index++)
            _copies.Add(new BlockCopy(source.Table[index], table[index]));
        return source with { Chunks = [to], Table = table };
    }

    private void Settle(ReservedSequence sequence, SampledToken token)
    {
        _decisions.Add(new Decision.Emit(sequence.Request.Id, token) { Sample = sequence.Sample });
        if (ReasonOf(sequence, token.Token) is not { } reason)
        {
            _running.Add(sequence);
            return;
        }

        _decisions.Add(Finish(sequence, sequence.Sample, reason));
        Leave(sequence);
    }

    // In a static batch its place stays taken.
    private void Leave(ReservedSequence sequence)
    {
        if (_serving.BatchSize > 0)
            _running.Add(sequence with { IsOver = true });
        else
            _region = _region.Give(sequence.Chunks[0]);
    }

    private FinishReason? ReasonOf(ReservedSequence sequence, TokenId last) =>
        sequence.Request.Stop.Check(
            last, sequence.Tokens.Count - sequence.Request.Prompt.Length, sequence.Tokens.Count,
            _serving.Config.MaxModelLength);

    private void Gather(ReservedSequence beam, SampledToken drawn, int width)
    {
        _beams.Add(beam);
        _drawn.Add(drawn);
        if (_beams.Count + beam.Chunks.Length <= width)
            return;
        Survive(width);
        _beams.Clear();
        _drawn.Clear();
    }

    // The best candidates of all beams go on. The first of a parent stays where it is; another is
    // copied into a chunk that no survivor's parent is in.
    private void Survive(int width)
    {
        var best = Enumerable.Range(0, _beams.Count)
            .SelectMany(parent => _drawn[parent].Top.Select(candidate => (
                Parent: parent,
                candidate.Token,
                Sum: _beams[parent].Logprob + candidate.Logprob)))
            .OrderByDescending(candidate => candidate.Sum)
            .Take(width)
            .ToList();
        var heirs = best.Select(survivor => survivor.Parent).ToHashSet();
        var spare = new Queue<Chunk>(_beams.SelectMany((beam, index) =>
            heirs.Contains(index) ? beam.Chunks.Skip(1) : beam.Chunks));
        var first = _beams[0].Id.Value - _beams[0].Sample;
        var next = best.Select((survivor, rank) =>
        {
            var parent = _beams[survivor.Parent];
            var beam = heirs.Remove(survivor.Parent)
                ? parent with { Chunks = [parent.Chunks[0]] }
                : Copied(parent, spare.Dequeue());
            return beam with
            {
                Id = new SequenceId(first + rank),
                Sample = rank,
                Tokens = parent.Tokens.Append(survivor.Token),
                Logprob = survivor.Sum,
            };
        }).ToList();
        if (ReasonOf(next[0], next[0].Tokens.Span[^1]) is { } reason)
            Answer(next, reason);
        else
            _running.AddRange(next);
    }

    // All beams reach their limit in the same step; end tokens are no part of these workloads.
    private void Answer(List<ReservedSequence> beams, FinishReason reason)
    {
        foreach (var beam in beams)
        {
            if (beam.Sample < beam.Request.Samples)
            {
                foreach (var token in beam.Tokens.Span[beam.Request.Prompt.Length..])
                {
                    _decisions.Add(new Decision.Emit(beam.Request.Id, new SampledToken(token))
                    {
                        Sample = beam.Sample,
                    });
                }

                _decisions.Add(Finish(beam, beam.Sample, reason));
            }

            Leave(beam);
        }
    }

    private ReservedServing Frozen()
    {
        var running = _running.DrainToImmutable();
        if (running.Any(sequence => !sequence.IsOver) || running.IsEmpty)
            return _serving with
            {
                Region = _region,
                Running = running,
                InFlight = null,
                Copies = [.. _copies],
            };
        return _serving with
        {
            Region = running.Aggregate(_region, (left, over) => left.Give(over.Chunks[0])),
            Running = [],
            InFlight = null,
            Copies = [],
        };
    }
}
