using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Sampling;

/// <summary>Draws from rows of logits, which stay as they are.</summary>
internal static class Draws
{
    public static SampledToken Draw(
        float[] logits, SamplingParams parameters, int[]? prompt = null, int[]? output = null,
        int[]? forbidden = null, int sample = 0)
    {
        var tokens = (prompt ?? [0]).Concat(output ?? []).Select(id => new TokenId(id)).ToArray();
        var excluded = (forbidden ?? []).Select(id => new TokenId(id)).ToArray();
        return new Sampler().Draw(
            [.. logits],
            new(new(0), sample, parameters, tokens, (prompt ?? [0]).Length, excluded));
    }

    /// <summary>How often each token is drawn, over as many positions of one seed.</summary>
    public static int[] Counts(float[] logits, SamplingParams parameters, int draws)
    {
        var sampler = new Sampler();
        var counts = new int[logits.Length];
        for (var position = 1; position <= draws; position++)
        {
            var tokens = new TokenId[position];
            counts[sampler.Draw([.. logits], new(new(0), 0, parameters, tokens, position, []))
                .Token.Value]++;
        }
        return counts;
    }

    /// <summary>How often each token is drawn by as many samples of one position.</summary>
    public static int[] CountsOfSamples(float[] logits, SamplingParams parameters, int samples)
    {
        var sampler = new Sampler();
        var counts = new int[logits.Length];
        for (var sample = 0; sample < samples; sample++)
            counts[sampler.Draw(
                [.. logits], new(new(0), sample, parameters, new TokenId[3], 3, []))
                .Token.Value]++;
        return counts;
    }

    /// <summary>Logits of a normal distribution.</summary>
    public static float[] Logits(int count, int seed, float spread = 3)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => spread * (float)(
                Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }

    public static double[] Softmax(float[] logits)
    {
        var max = logits.Max();
        var weights = logits.Select(logit => Math.Exp((double)logit - max)).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
