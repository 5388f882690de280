using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// Sequences that all decode, step after step: the scheduler's most common work. Starts behind
/// the prefill, so that a step is one StepWanted and one StepCompleted over as many rows.
/// </summary>
public sealed class SteadyDecode
{
    /// <summary>Tokens of each prompt.</summary>
    public const int PromptTokens = 64;

    private readonly SchedulerConfig _config;
    private readonly ImmutableArray<SampledToken> _samples;
    private SchedulerState _state;

    /// <param name="sequences">Rows of each step.</param>
    /// <param name="blocksTotal">Blocks of the pool, of 16 tokens each.</param>
    public SteadyDecode(int sequences, int blocksTotal = 100_000)
    {
        _config = new SchedulerConfig
        {
            BlocksTotal = blocksTotal,
            MaxModelLength = 1 << 20,
            VocabularySize = 1000,
            MaxSequences = sequences,
            MaxBatchedTokens = sequences * PromptTokens,
        };
        _samples = [.. Enumerable.Repeat(new SampledToken(new TokenId(7)), sequences)];
        _state = SchedulerState.Initial(_config);
        StepsAvailable = ((int)((1 - _config.Watermark) * blocksTotal) / sequences * 16)
            - PromptTokens - 2;
        for (var i = 0; i < sequences; i++)
            Feed(new Event.Submitted(RequestOf(i)));
        Step();
    }

    /// <summary>Steps until the pool is full.</summary>
    public int StepsAvailable { get; }

    /// <summary>Plans a step and answers it with a token for each row.</summary>
    public void Step()
    {
        Feed(new Event.StepWanted());
        var plan = _state.InFlight
            ?? throw new InvalidOperationException("No step was planned.");
        if (plan.Rows != _samples.Length)
            throw new InvalidOperationException($"The step has {plan.Rows} rows.");
        Feed(new Event.StepCompleted(new StepResult(plan.Id, _samples)));
    }

    // As the engine's loop does it.
    private void Feed(Event evt)
    {
        var before = _state;
        _state = Scheduler.Step(_config, before, evt).State;
        before.RetireFor(_state);
    }

    // No two prompts begin alike: each is computed, and each sequence fills blocks of its own.
    private static Request RequestOf(int id) =>
        new(
            new RequestId(id),
            [
                new TokenId(id % 1000),
                new TokenId(id / 1000),
                .. Enumerable.Range(2, PromptTokens - 2).Select(token => new TokenId(token)),
            ],
            SamplingParams.Greedy,
            new StopRule());
}
