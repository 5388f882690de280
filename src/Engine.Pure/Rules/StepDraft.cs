using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The plan of one step as it grows: what is left of the budget, the pool being edited, and the
/// rows so far. Lives within one call of <see cref="Plan.Apply"/>.
/// </summary>
internal ref struct StepDraft
{
    // Room for them from the start: builders double where they grow.
    private const int NewcomersExpected = 16;

    private readonly ImmutableArray<Sequence>.Builder _running;

    // For each of those running the tokens of its row; 0 = it has none.
    private readonly ImmutableArray<int>.Builder _tokens;
    private readonly ImmutableArray<Sequence> _before;
    private readonly StepPlan? _inFlight;

    public StepDraft(SchedulerConfig config, SchedulerState state)
    {
        Config = config;
        Blocks = state.Blocks.Edit();
        if (config.HostBlocksTotal > 0)
            HostBlocks = state.HostBlocks.Edit();
        Budget = config.MaxBatchedTokens;
        Waiting = state.Waiting;
        Turns = state.Turns;
        var capacity = state.Running.Length + Newcomers(config, state);
        _running = ImmutableArray.CreateBuilder<Sequence>(capacity);
        _running.AddRange(state.Running);
        _tokens = ImmutableArray.CreateBuilder<int>(capacity);
        _tokens.Count = state.Running.Length;
        RunningOrder.Sort(config.Policy, _running);
        if (state.InFlight is { } inFlight)
        {
            (_inFlight, _before) = (inFlight, _running.ToImmutable());
            Expect.Apply(config, _running, inFlight);
        }

        foreach (var sequence in state.Running)
            Width += sequence.Width;
    }

    public SchedulerConfig Config { get; }

    /// <summary>Whether a step is in flight whose tokens are not known yet.</summary>
    public readonly bool IsAhead => _inFlight is not null;

    /// <summary>Whether the step in flight moves blocks to the host.</summary>
    public readonly bool MovesOut => _inFlight?.SwapOuts.IsEmpty == false;

    public BlockPoolEdit Blocks;

    /// <summary>The host's pool; not to be frozen where there is none.</summary>
    public BlockPoolEdit HostBlocks;

    /// <summary>Tokens that the step may still compute.</summary>
    public int Budget { get; private set; }

    /// <summary>
    /// Blocks that those running still need for the tokens they have now: the rest of prompts
    /// whose first chunks were admitted.
    /// </summary>
    public int BlocksOwed { get; private set; }

    public ImmutableSortedDictionary<SequenceId, Sequence> Waiting { get; private set; }

    /// <summary>Whose turn it is among those waiting.</summary>
    public Turns Turns { get; private set; }

    /// <summary>
    /// Sequences that run, and will once those that run have forked.
    /// </summary>
    public int Width { get; private set; }

    /// <summary>Times that a request's blocks moved to the host.</summary>
    public int Swaps { get; set; }

    /// <summary>Where blocks went that this step moves to the host; null = none does.</summary>
    public Dictionary<BlockId, BlockId>? Hosted { get; private set; }

    /// <summary>Tokens that newcomers found in the prefix cache.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>Tokens in the cache once the step has run.</summary>
    public long TokensHeld { get; private set; }

    public int PrefillTokens { get; private set; }

    public int DecodeTokens { get; private set; }

    public readonly int RunningCount => _running.Count;

    /// <summary>Rows so far.</summary>
    public int Rows { get; private set; }

    public PlanMoves Moves { get; } = new();

    public readonly Sequence Running(int index) => _running[index];

    /// <summary>Takes a sequence out of those waiting: it is its turn.</summary>
    public void Start(Sequence sequence)
    {
        Waiting = Waiting.Remove(sequence.Id);
        Turns = Turns.Admit(Config, sequence);
    }

    /// <summary>Puts one that gave way among those waiting, at its old place.</summary>
    public void Wait(Sequence victim)
    {
        Waiting = Waiting.Add(victim.Id, victim);
        Turns = Turns.Return(victim);
    }

    /// <summary>Puts a newcomer behind those running, with the blocks that it shares.</summary>
    public void Enter(Sequence sequence)
    {
        Blocks.Share(sequence.Blocks);
        CachedTokens += sequence.ComputedTokens;
        Return(sequence);
    }

    /// <summary>The host block that keeps what a block holds, taken where there is none.</summary>
    public BlockId Host(BlockId block)
    {
        Hosted ??= [];
        if (Hosted.TryGetValue(block, out var hosted))
        {
            HostBlocks.Share(hosted);
            return hosted;
        }

        hosted = HostBlocks.Take();
        Hosted.Add(block, hosted);
        Moves.SwapOut(block, hosted);
        return hosted;
    }

    /// <summary>Puts a sequence that has its blocks behind those running.</summary>
    public void Return(Sequence sequence)
    {
        Width += sequence.Width;
        _running.Add(sequence);
        _tokens.Add(0);
    }

    /// <summary>
    /// Where the group of running sequence <paramref name="index"/> ends: its samples stand side
    /// by side.
    /// </summary>
    public readonly int GroupEnd(int index)
    {
        if (_running[index].IsSingle)
            return index + 1;
        var request = _running[index].Request;
        var end = index + 1;
        while (end < _running.Count && ReferenceEquals(_running[end].Request, request))
            end++;
        return end;
    }

    /// <summary>Where the last group of those running begins.</summary>
    public readonly int LastGroup()
    {
        var request = _running[^1].Request;
        var first = _running.Count - 1;
        while (first > 0 && ReferenceEquals(_running[first - 1].Request, request))
            first--;
        return first;
    }

    /// <summary>Takes the last in order out of those running.</summary>
    public Sequence LeaveLast()
    {
        var last = _running[^1];
        Width -= last.Width;
        _running.RemoveAt(_running.Count - 1);
        _tokens.RemoveAt(_tokens.Count - 1);
        return last;
    }

    /// <summary>
    /// The tokens of <paramref name="sequence"/> that this step may compute with
    /// <paramref name="budget"/> left.
    /// </summary>
    public readonly int TokensFor(Sequence sequence, int budget)
    {
        var wanted = Math.Min(sequence.PendingTokens, budget);
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
        if (tokens > Open(sequence) || IsLastShared(sequence))
        {
            var table = Blocks.Grow(
                Exclusive(sequence), sequence.ComputedTokens + tokens, Config.BlockSize);
            _running[index] = sequence = sequence with { Blocks = table };
        }

        _tokens[index] = tokens;
        Rows++;
        Budget -= tokens;
        Count(sequence, tokens);
    }

    /// <summary>
    /// Counts what sequence <paramref name="index"/> will need though it has no row.
    /// </summary>
    public void Defer(int index)
    {
        var sequence = _running[index];
        Hold(sequence, tokens: 0);
        if (!IsLastShared(sequence) || !IsLastOfEarlier(index))
            return;
        // All but one that hold an unfilled block will copy it. Of a block that is shared the
        // whole is taken off what is held; of this one only what is filled was counted twice.
        BlocksOwed++;
        TokensHeld += Config.BlockSize - sequence.ComputedTokens % Config.BlockSize;
    }

    /// <summary>
    /// Whether the next token of <paramref name="sequence"/> falls into a block that others hold.
    /// An unfilled block is only ever shared by those that one prompt forked into.
    /// </summary>
    public readonly bool IsLastShared(Sequence sequence) =>
        !sequence.IsSingle
        && sequence.Request.Width > 1
        && sequence.ComputedTokens % Config.BlockSize != 0
        && Blocks.ReferenceCount(sequence.Blocks.Blocks[^1]) > 1;

    /// <summary>Drops the draft: the pools are as they were.</summary>
    public readonly void Abandon()
    {
        Blocks.Abandon();
        if (Config.HostBlocksTotal > 0)
            HostBlocks.Abandon();
    }

    /// <summary>The plan, its rows in the order of those running.</summary>
    public readonly StepPlan FreezePlan(StepId id)
    {
        var columns = new PlanColumns(Rows, IsAhead);
        for (var index = 0; index < _running.Count; index++)
        {
            if (_tokens[index] > 0)
                columns.Add(_running[index], _tokens[index]);
        }

        if (Rows < _tokens.Count)
            _tokens.RemoveAll(tokens => tokens == 0);
        return columns.Freeze(id, Config.BlockSize, _tokens.DrainToImmutable(), Moves);
    }

    /// <summary>
    /// Those running, with their blocks. What a step ahead only expects of them is left out.
    /// </summary>
    public readonly ImmutableArray<Sequence> DrainRunning()
    {
        for (var index = 0; IsAhead && index < _before.Length; index++)
        {
            var (before, table) = (_before[index], _running[index].Blocks);
            _running[index] = ReferenceEquals(before.Blocks, table)
                ? before
                : before with { Blocks = table };
        }

        return _running.DrainToImmutable();
    }

    // A busy engine fills up to its limit, and then lists have their length from the start.
    private static int Newcomers(SchedulerConfig config, SchedulerState state) =>
        Math.Clamp(
            config.MaxSequences - state.Running.Length,
            0,
            Math.Min(NewcomersExpected, state.Waiting.Count));

    private void Count(Sequence sequence, int tokens)
    {
        Hold(sequence, tokens);
        if (sequence.OutputTokens > 0 && sequence.PendingTokens == 1)
            DecodeTokens += tokens;
        else
            PrefillTokens += tokens;
    }

    // Tokens that fit into the blocks that it has: none of its blocks is beyond what is computed.
    private readonly int Open(Sequence sequence) =>
        sequence.ComputedTokens % Config.BlockSize is > 0 and var filled
            ? Config.BlockSize - filled
            : 0;

    // The table to write to: no block of it that is written to is another's as well.
    private BlockTable Exclusive(Sequence sequence)
    {
        if (!IsLastShared(sequence))
            return sequence.Blocks;
        var table = Blocks.CopyLast(sequence.Blocks, out var copy);
        Moves.Copy(copy);
        return table;
    }

    // Whether a sequence of the same request that comes before holds its last block too.
    private readonly bool IsLastOfEarlier(int index)
    {
        var sequence = _running[index];
        for (var earlier = index - 1;
            earlier >= 0 && ReferenceEquals(_running[earlier].Request, sequence.Request);
            earlier--)
        {
            if (_running[earlier].Blocks.Blocks[^1] == sequence.Blocks.Blocks[^1])
                return true;
        }

        return false;
    }

    private void Hold(Sequence sequence, int tokens)
    {
        TokensHeld += sequence.ComputedTokens + tokens;
        if (sequence.PendingTokens > tokens || sequence.Width > 1)
            BlocksOwed += Fork.BlocksFor(sequence, Config.BlockSize)
                - BlockTable.BlocksFor(sequence.ComputedTokens + tokens, Config.BlockSize);
    }
}
