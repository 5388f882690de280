using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The plan of one step as it grows: what is left of the budget, the pool being edited, and the
/// rows so far. Lives within one call of <see cref="Plan.Apply"/>.
/// </summary>
internal ref struct StepDraft
{
    private readonly ImmutableArray<Sequence>.Builder _running;
    private readonly PlanColumns _columns;

    public StepDraft(SchedulerConfig config, SchedulerState state)
    {
        Config = config;
        Blocks = state.Blocks.Edit();
        Budget = config.MaxBatchedTokens;
        Waiting = state.Waiting;
        Turns = state.Turns;
        _running = ImmutableArray.CreateBuilder<Sequence>(state.Running.Length);
        _running.AddRange(state.Running);
        RunningOrder.Sort(config.Policy, _running);
        _columns = new PlanColumns(state.Running.Length);
    }

    public SchedulerConfig Config { get; }

    public BlockPoolEdit Blocks;

    /// <summary>Tokens that the step may still compute.</summary>
    public int Budget { get; private set; }

    /// <summary>
    /// Blocks that those running still need for the tokens they have now: the rest of prompts
    /// whose first chunks were admitted.
    /// </summary>
    public int BlocksOwed { get; private set; }

    public ImmutableSortedDictionary<SequenceId, Sequence> Waiting { get; set; }

    /// <summary>Whose turn it is among those waiting.</summary>
    public Turns Turns { get; set; }

    /// <summary>Tokens that newcomers found in the prefix cache.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>Tokens in the cache once the step has run.</summary>
    public long TokensHeld { get; private set; }

    public int PrefillTokens { get; private set; }

    public int DecodeTokens { get; private set; }

    public readonly int RunningCount => _running.Count;

    public readonly PlanColumns Columns => _columns;

    public readonly Sequence Running(int index) => _running[index];

    /// <summary>Puts a newcomer behind those running, with the blocks that it shares.</summary>
    public void Enter(Sequence sequence)
    {
        foreach (var block in sequence.Blocks.Blocks)
            Blocks.Share(block);
        CachedTokens += sequence.ComputedTokens;
        _running.Add(sequence);
    }

    /// <summary>Takes the last in order out of those running.</summary>
    public readonly Sequence LeaveLast()
    {
        var last = _running[^1];
        _running.RemoveAt(_running.Count - 1);
        return last;
    }

    /// <summary>The tokens of <paramref name="sequence"/> that this step may compute.</summary>
    public readonly int TokensFor(Sequence sequence)
    {
        var wanted = Math.Min(sequence.PendingTokens, Budget);
        return Config.LongPrefillThreshold > 0
            ? Math.Min(wanted, Config.LongPrefillThreshold)
            : wanted;
    }

    /// <summary>
    /// Gives running sequence <paramref name="index"/> blocks for <paramref name="tokens"/> more
    /// tokens and a row. The caller has seen that the blocks are free.
    /// </summary>
    public void Schedule(int index, int tokens)
    {
        var sequence = _running[index];
        var table = Blocks.Grow(
            sequence.Blocks, sequence.ComputedTokens + tokens, Config.BlockSize);
        if (!ReferenceEquals(table, sequence.Blocks))
            _running[index] = sequence = sequence with { Blocks = table };
        _columns.Add(sequence, tokens);
        Budget -= tokens;
        Count(sequence, tokens);
    }

    /// <summary>
    /// Counts what sequence <paramref name="index"/> will need though it has no row.
    /// </summary>
    public void Defer(int index) => Hold(_running[index], tokens: 0);

    public readonly ImmutableArray<Sequence> DrainRunning() => _running.DrainToImmutable();

    private void Count(Sequence sequence, int tokens)
    {
        Hold(sequence, tokens);
        if (sequence.OutputTokens > 0 && sequence.PendingTokens == 1)
            DecodeTokens += tokens;
        else
            PrefillTokens += tokens;
    }

    private void Hold(Sequence sequence, int tokens)
    {
        TokensHeld += sequence.ComputedTokens + tokens;
        BlocksOwed += BlockTable.BlocksFor(sequence.Tokens.Count, Config.BlockSize)
            - sequence.Blocks.Count;
    }
}
