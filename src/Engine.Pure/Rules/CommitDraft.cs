using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// What a step's answer leaves, as it grows. Lives within one call of <see cref="Commit.Apply"/>.
/// </summary>
internal ref struct CommitDraft
{
    private readonly SchedulerConfig _config;
    private readonly ImmutableArray<Sequence>.Builder _running;
    private readonly ImmutableArray<Decision>.Builder _decisions;
    private HashMap<RequestId, Ongoing> _unfinished;
    private BlockPoolEdit _blocks;
    private List<Sequence>? _beams;
    private List<SampledToken>? _drawn;

    public CommitDraft(SchedulerConfig config, SchedulerState state, int samples)
    {
        _config = config;
        var ending = Ending(config, state.Running);
        _running = ImmutableArray.CreateBuilder<Sequence>(state.Running.Length - ending);
        _decisions = ImmutableArray.CreateBuilder<Decision>(samples + ending);
        _unfinished = state.Unfinished;
        _blocks = state.Blocks.Edit();
    }

    /// <summary>A sequence without a row.</summary>
    public readonly void Keep(Sequence sequence) => _running.Add(sequence);

    /// <summary>
    /// <paramref name="tokens"/> more tokens of a sequence are computed, and
    /// <paramref name="drawn"/> are drawn behind them: none, or one for each sample.
    /// </summary>
    public void Advance(Sequence sequence, int tokens, ReadOnlySpan<SampledToken> drawn)
    {
        switch (drawn.Length)
        {
            case 0:
                Keep(Computed(sequence, tokens));
                break;
            case 1 when !sequence.IsSingle && sequence.Request.Beams is not null:
                Gather(Computed(sequence, tokens), drawn[0]);
                break;
            case 1:
                Settle(
                    sequence with
                    {
                        ComputedTokens = sequence.ComputedTokens + tokens,
                        Tokens = sequence.Tokens.Append(drawn[0].Token),
                        Content = Register.Apply(_config, ref _blocks, sequence, tokens),
                        Logprobs = Rank.Sum(sequence, drawn[0]),
                    },
                    drawn[0]);
                break;
            default:
                Branch(Computed(sequence, tokens), drawn);
                break;
        }
    }

    public (SchedulerState, Seq<Decision>) Freeze(SchedulerState state) =>
        (state with
        {
            Blocks = _blocks.Freeze(),
            Running = _running.DrainToImmutable(),
            Turns = state.Turns.Charge(_config, state.Running, _decisions),
            Unfinished = _unfinished,
            InFlight = state.Ahead,
            Ahead = null,
        },
        Decisions.Of(_decisions));

    // How many end with their next token, whatever it is: with their number lists mostly have their
    // length from the start.
    private static int Ending(SchedulerConfig config, ImmutableArray<Sequence> running)
    {
        var ending = 0;
        foreach (var sequence in running)
            ending += sequence.IsFull(sequence.Tokens.Count + 1, config.MaxServableLength) ? 1 : 0;
        return ending;
    }

    private void Branch(Sequence sequence, ReadOnlySpan<SampledToken> drawn)
    {
        var samples = Fork.Of(sequence, drawn);
        for (var more = 1; more < samples.Length; more++)
            _blocks.Share(sequence.Blocks);
        for (var sample = 0; sample < samples.Length; sample++)
            Settle(samples[sample], drawn[sample]);
    }

    // The beams of a request stand side by side: with the last of them all have drawn.
    private void Gather(Sequence beam, SampledToken drawn)
    {
        (_beams ??= []).Add(beam);
        (_drawn ??= []).Add(drawn);
        if (_beams.Count < (beam.Beams?.Living ?? 1))
            return;
        Survive(_beams, Search.Step(_config, _beams, _drawn));
        _beams.Clear();
        _drawn.Clear();
    }

    // The first that survives of a beam takes over its blocks, the others share them.
    private void Survive(List<Sequence> beams, BeamStep step)
    {
        var state = new BeamState(step.Survivors.Length, step.Hypotheses);
        var heirs = new bool[beams.Count];
        for (var rank = 0; rank < step.Survivors.Length; rank++)
        {
            var survivor = step.Survivors[rank];
            var parent = beams[survivor.Parent];
            if (heirs[survivor.Parent])
                _blocks.Share(parent.Blocks);
            heirs[survivor.Parent] = true;
            _running.Add(Search.Of(parent, survivor, rank, state));
        }

        for (var index = 0; index < heirs.Length; index++)
        {
            if (!heirs[index])
                _blocks.Release(beams[index].Blocks);
        }

        if (!step.IsOver)
            return;
        Search.Tell(beams[0], step.Hypotheses, _decisions);
        _unfinished = _unfinished.Remove(beams[0].Request.Id);
    }

    // Tells the token, and ends the sequence where the token does.
    private void Settle(Sequence sequence, SampledToken token)
    {
        _decisions.Add(new Decision.Emit(sequence.RequestId, token) { Sample = sequence.Sample });
        if (sequence.Ending(token.Token, _config.MaxServableLength) is not { } ended)
        {
            _running.Add(sequence);
            return;
        }

        End.Tell(sequence, ended, _decisions);
        _blocks.Release(sequence.Blocks);
        _unfinished = Rank.Ended(_unfinished, sequence, ended, _decisions);
    }

    private Sequence Computed(Sequence sequence, int tokens) =>
        sequence with
        {
            ComputedTokens = sequence.ComputedTokens + tokens,
            Content = Register.Apply(_config, ref _blocks, sequence, tokens),
        };
}
