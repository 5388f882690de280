using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// How a plan's tokens are drawn, one entry a draw, rows in order and of a row its samples. Reused
/// from step to step.
/// </summary>
internal sealed class DrawReader(int vocabularySize)
{
    private readonly List<DrawRequest> _requests = [];

    /// <summary>One a draw.</summary>
    public List<DrawRequest> Requests => _requests;

    /// <summary>What changes logits before.</summary>
    public AdjustmentReader Adjustments { get; } = new(vocabularySize);

    /// <summary>Results of all draws: their tokens, then the most likely ones of each.</summary>
    public int Results { get; private set; }

    public void Read(StepPlan plan)
    {
        _requests.Clear();
        Adjustments.Clear();
        Results = plan.SamplesTotal;
        var logits = 0;
        for (var row = 0; row < plan.Rows; row++)
        {
            if (!plan.Samples(row))
                continue;
            var flags = Adjustments.Read(plan, row, logits) ? DrawRequest.Adjusted : 0;
            var (first, count) = plan.Draws[row];
            for (var sample = first; sample < first + count; sample++)
                _requests.Add(RequestOf(plan, row, sample, logits, flags));
            logits++;
        }
    }

    /// <summary>
    /// Most likely tokens that a draw reports; -1: no log probabilities at all.
    /// </summary>
    public static int TopsOf(SamplingParams parameters, int vocabularySize) =>
        parameters.Logprobs is { } wanted ? Math.Min(wanted, vocabularySize) : -1;

    private DrawRequest RequestOf(StepPlan plan, int row, int sample, int logits, int flags)
    {
        var parameters = plan.Samplings[row]!;
        var tops = TopsOf(parameters, vocabularySize);
        var firstTop = Results;
        Results += Math.Max(0, tops);
        if (parameters.IsGreedy)
            return new(
                logits, flags | DrawRequest.Greedy, 0, tops, firstTop, 1,
                float.NegativeInfinity, 1, 0);
        var seed = parameters.Seed ?? throw new ArgumentException(
            $"{plan.Sequences[row]} samples without a seed: the engine loop gives it one.");
        return new(
            logits, flags, parameters.TopK, tops, firstTop, parameters.TopP,
            MathF.Log(parameters.MinP), Sampler.Scale(parameters),
            Philox.Uniform(seed, sample, plan.FirstPositions[row] + plan.TokenCounts[row]));
    }
}
