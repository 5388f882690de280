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
    private readonly List<Decision> _decisions;
    private HashMap<RequestId, Ongoing> _unfinished;
    private BlockPoolEdit _blocks;

    public CommitDraft(SchedulerConfig config, SchedulerState state, int samples)
    {
        _config = config;
        _running = ImmutableArray.CreateBuilder<Sequence>(state.Running.Length);
        _decisions = new List<Decision>(samples);
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
                Keep(Registered(sequence with
                {
                    ComputedTokens = sequence.ComputedTokens + tokens,
                }));
                break;
            case 1:
                Settle(
                    Registered(sequence with
                    {
                        ComputedTokens = sequence.ComputedTokens + tokens,
                        Tokens = sequence.Tokens.Append(drawn[0].Token),
                        Logprobs = Rank.Sum(sequence, drawn[0]),
                    }),
                    drawn[0]);
                break;
            default:
                Branch(
                    Registered(sequence with
                    {
                        ComputedTokens = sequence.ComputedTokens + tokens,
                    }),
                    drawn);
                break;
        }
    }

    public (SchedulerState, Seq<Decision>) Freeze(SchedulerState state) =>
        (state with
        {
            Blocks = _blocks.Freeze(),
            Running = _running.DrainToImmutable(),
            Unfinished = _unfinished,
            InFlight = null,
        },
        Decisions.Of([.. _decisions]));

    private void Branch(Sequence sequence, ReadOnlySpan<SampledToken> drawn)
    {
        var samples = Fork.Of(sequence, drawn);
        for (var more = 1; more < samples.Length; more++)
            _blocks.Share(sequence.Blocks);
        for (var sample = 0; sample < samples.Length; sample++)
            Settle(samples[sample], drawn[sample]);
    }

    // Tells the token, and ends the sequence where the token does.
    private void Settle(Sequence sequence, SampledToken token)
    {
        _decisions.Add(new Decision.Emit(sequence.Request.Id, token) { Sample = sequence.Sample });
        var reason = sequence.Request.Stop.Check(
            token.Token, sequence.OutputTokens, sequence.Tokens.Count, _config.MaxServableLength);
        if (reason is not { } ended)
        {
            _running.Add(sequence);
            return;
        }

        End.Tell(sequence, ended, _decisions);
        _blocks.Release(sequence.Blocks);
        _unfinished = Rank.Ended(_unfinished, sequence, ended, _decisions);
    }

    private Sequence Registered(Sequence sequence) =>
        Register.Apply(_config, ref _blocks, sequence);
}
