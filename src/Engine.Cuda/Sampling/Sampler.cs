using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// Draws a token from one row of logits: bias, penalties, forbidden tokens, temperature, top-k,
/// top-p, min-p, draw. A pure function of the row and the request; the fields are scratch memory,
/// so each thread has its own.
/// </summary>
/// <remarks>
/// Log probabilities are those of the whole vocabulary after bias, penalties, forbidden tokens and
/// temperature (1 where it is 0), before top-k, top-p and min-p.
/// </remarks>
internal sealed class Sampler
{
    private readonly Penalties _penalties = new();
    private readonly Candidates _candidates = new();
    private float[] _blockSums = [];

    /// <summary>Draws a token. Overwrites <paramref name="logits"/>.</summary>
    /// <exception cref="LogitsException">There is none to draw.</exception>
    public SampledToken Draw(Span<float> logits, SampleRequest request)
    {
        if (!LogitMath.AllFinite(logits))
            throw new LogitsException(
                request.Sequence, request.Position, "the model gave NaN or infinity");
        Adjust(logits, request);
        var max = LogitMath.Max(logits);
        if (float.IsNegativeInfinity(max))
            throw new LogitsException(
                request.Sequence, request.Position, "all tokens are forbidden");
        var parameters = request.Parameters;
        if (parameters.IsGreedy && parameters.Logprobs is null)
            return new(new(LogitMath.FirstOf(logits, max)));
        var greedy = LogitMath.FirstOf(logits, max);
        LogitMath.ShiftAndScale(logits, max, Scale(parameters));
        var mass = Mass(logits);
        var top = Top(logits, parameters.Logprobs, mass);
        var token = parameters.IsGreedy ? greedy : Draw(logits, request, mass);
        return parameters.Logprobs is null
            ? new(new(token))
            : new(new(token), Logprob(logits[token], mass), top);
    }

    private void Adjust(Span<float> logits, SampleRequest request)
    {
        foreach (var (token, bias) in request.Parameters.LogitBias)
            logits[token.Value] += bias;
        _penalties.Apply(logits, request);
        foreach (var token in request.Forbidden)
            logits[token.Value] = float.NegativeInfinity;
    }

    private int Draw(Span<float> scores, SampleRequest request, double mass)
    {
        var parameters = request.Parameters;
        var seed = parameters.Seed ?? throw new ArgumentException(
            $"{request.Sequence} samples without a seed: the engine loop gives it one.");
        var random = Philox.Uniform(seed, request.Sample, request.Position);
        if (parameters is { TopK: 0, TopP: >= 1, MinP: <= 0 })
            return DrawFromAll(scores, random * mass);
        Filter(scores, parameters, mass);
        return DrawFromCandidates(random * _candidates.Mass());
    }

    private void Filter(ReadOnlySpan<float> scores, SamplingParams parameters, double mass)
    {
        // Weights are relative to the most likely token, which every filter keeps.
        var least = MathF.Log(parameters.MinP);
        if (parameters.TopK > 0)
        {
            _candidates.TakeBest(scores, parameters.TopK);
            if (parameters.TopP < 1)
                _candidates.KeepMass(parameters.TopP * _candidates.Mass());
        }
        else if (parameters.TopP < 1)
            _candidates.TakeMass(scores, parameters.TopP * mass);
        else
            _candidates.TakeFrom(scores, least);
        _candidates.KeepFrom(least);
    }

    private int DrawFromCandidates(double target)
    {
        var sum = 0.0;
        for (var i = 0; i < _candidates.Count - 1; i++)
        {
            sum += LogitMath.Exp(_candidates.Score(i));
            if (sum > target)
                return _candidates.Id(i);
        }
        return _candidates.Id(_candidates.Count - 1);
    }

    // The sums of blocks were kept: walk over them, then over the tokens of one.
    private int DrawFromAll(ReadOnlySpan<float> scores, double target)
    {
        var (sum, block) = (0.0, 0);
        for (; (block + 1) * LogitMath.SumBlock < scores.Length; block++)
        {
            if (sum + _blockSums[block] > target)
                break;
            sum += _blockSums[block];
        }
        var drawn = -1;
        for (var id = block * LogitMath.SumBlock; id < scores.Length && sum <= target; id++)
            if (LogitMath.Exp(scores[id]) is var weight and > 0)
            {
                sum += weight;
                drawn = id;
            }
        // Rounding may leave the target beyond everything, and the last block without weight.
        return drawn >= 0 ? drawn : LogitMath.FirstOf(scores, 0);
    }

    private double Mass(ReadOnlySpan<float> scores)
    {
        var blocks = (scores.Length + LogitMath.SumBlock - 1) / LogitMath.SumBlock;
        if (_blockSums.Length < blocks)
            _blockSums = new float[blocks];
        var mass = 0.0;
        for (var block = 0; block < blocks; block++)
        {
            var rest = scores[(block * LogitMath.SumBlock)..];
            _blockSums[block] =
                LogitMath.SumOfExp(rest[..Math.Min(LogitMath.SumBlock, rest.Length)]);
            mass += _blockSums[block];
        }
        return mass;
    }

    private ImmutableArray<TokenLogprob> Top(ReadOnlySpan<float> scores, int? count, double mass)
    {
        if (count is not > 0)
            return count is null ? default : [];
        _candidates.TakeBest(scores, count.Value);
        var top = ImmutableArray.CreateBuilder<TokenLogprob>(_candidates.Count);
        for (var i = 0; i < _candidates.Count; i++)
            top.Add(new(new(_candidates.Id(i)), Logprob(_candidates.Score(i), mass)));
        return top.MoveToImmutable();
    }

    // Finite even for the least temperature: 0 times it stays 0.
    internal static float Scale(SamplingParams parameters) =>
        parameters.IsGreedy ? 1 : MathF.Min(1 / parameters.Temperature, float.MaxValue);

    private static float Logprob(float score, double mass) => (float)(score - Math.Log(mass));
}
