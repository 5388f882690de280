using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// As many sequences as may run, decoding; those that end are replaced by new prompts at once. No
/// two prompts begin alike, so every block that is taken evicts what another cached: the worst that
/// a pool meets.
/// </summary>
public sealed class Churn
{
    internal const int BlockSize = 16;
    internal const int PromptMin = 768;
    internal const int PromptMax = 1008;
    internal const int OutputMin = 200;
    internal const int OutputMax = 340;

    private readonly SchedulerConfig _config;
    private readonly Random _random = new(1);
    private SchedulerState _state;
    private long _submitted;

    /// <param name="sequences">Sequences that run.</param>
    /// <param name="blocksTotal">Blocks of the pool, of 16 tokens each.</param>
    public Churn(int sequences, int blocksTotal)
    {
        _config = new SchedulerConfig
        {
            BlockSize = BlockSize,
            BlocksTotal = blocksTotal,
            MaxModelLength = 1 << 20,
            VocabularySize = 1 << 20,
            MaxSequences = sequences,
            MaxBatchedTokens = sequences + 16 * PromptMax,
            Watermark = 0,
        };
        _state = SchedulerState.Initial(_config);
    }

    /// <summary>Cached blocks taken for something else since the start.</summary>
    public long Evictions => _state.Stats.Evictions;

    /// <summary>Sequences that run.</summary>
    public int Running => _state.Running.Length;

    /// <summary>Blocks in use.</summary>
    public int BlocksLive => _state.Blocks.LiveCount;

    /// <summary>Requests so far.</summary>
    public long Submitted => _submitted;

    /// <summary>Fills up those that wait; not part of a step.</summary>
    public void Submit()
    {
        while (_state.Running.Length + _state.Waiting.Count < _config.MaxSequences + 8)
            Feed(new Event.Submitted(NextRequest()));
    }

    /// <summary>Plans a step and answers it with a token for each row that draws.</summary>
    public void Step()
    {
        Feed(new Event.StepWanted());
        var plan = _state.InFlight!;
        Feed(new Event.StepCompleted(new StepResult(plan.Id, Samples(plan.SamplesTotal))));
    }

    // As the engine's loop does it.
    private void Feed(Event evt)
    {
        var before = _state;
        _state = Scheduler.Step(_config, before, evt).State;
        before.RetireFor(_state);
    }

    private static ImmutableArray<SampledToken> Samples(int count)
    {
        var samples = new SampledToken[count];
        Array.Fill(samples, new SampledToken(new TokenId(7)));
        return ImmutableCollectionsMarshal.AsImmutableArray(samples);
    }

    private Request NextRequest()
    {
        var tokens = new TokenId[_random.Next(PromptMin, PromptMax + 1)];
        Array.Fill(tokens, new TokenId(3));
        tokens[0] = new TokenId((int)(_submitted % (1 << 20)));
        return new Request(
            new RequestId(_submitted++),
            ImmutableArray.Create(tokens),
            SamplingParams.Greedy,
            new StopRule { MaxTokens = _random.Next(OutputMin, OutputMax + 1) });
    }
}
