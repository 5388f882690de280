using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Sampling;

public class DistributionTests
{
    private const int DrawsTotal = 20_000;

    public static TheoryData<float, int, float, float> Filters() => new()
    {
        { 1, 0, 1, 0 },
        { 0.6f, 0, 1, 0 },
        { 3, 0, 1, 0 },
        { 1, 5, 1, 0 },
        { 1, 0, 0.8f, 0 },
        { 1, 0, 1, 0.1f },
        { 1.3f, 12, 0.9f, 0.05f },
        { 0.8f, 40, 0.5f, 0 },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void Tokens_come_as_often_as_the_filtered_distribution_says(
        float temperature, int topK, float topP, float minP)
    {
        var logits = Draws.Logits(50, seed: 11, spread: 1.5f);
        var parameters = new SamplingParams
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = minP,
            Seed = 5,
        };
        var expected = Filtered(logits, parameters);
        var counts = Draws.Counts(logits, parameters, DrawsTotal);
        Assert.All(
            Enumerable.Range(0, logits.Length).Where(id => expected[id] == 0),
            id => Assert.Equal(0, counts[id]));
        Assert.InRange(ChiSquare(expected, counts, out var freedom), 0, Quantile(freedom));
    }

    [Fact]
    public void Draws_from_many_tokens_follow_the_distribution_over_all_blocks()
    {
        var logits = Draws.Logits(5000, seed: 3, spread: 1);
        var expected = Draws.Softmax(logits);
        var counts = Draws.Counts(logits, new SamplingParams { Seed = 8 }, DrawsTotal);
        // Compare in 20 bins of 250 neighbouring tokens.
        double[] Bins(IEnumerable<double> values) =>
            [.. values.Chunk(250).Select(bin => bin.Sum())];
        var chi = ChiSquare(
            Bins(expected), [.. Bins(counts.Select(count => (double)count)).Select(c => (int)c)],
            out var freedom);
        Assert.InRange(chi, 0, Quantile(freedom));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void Samples_of_one_position_come_as_often_as_the_distribution_says(
        float temperature, int topK, float topP, float minP)
    {
        var logits = Draws.Logits(50, seed: 12, spread: 1.5f);
        var parameters = new SamplingParams
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = minP,
            Seed = 6,
        };
        var counts = Draws.CountsOfSamples(logits, parameters, DrawsTotal);
        var expected = Filtered(logits, parameters);
        Assert.InRange(ChiSquare(expected, counts, out var freedom), 0, Quantile(freedom));
    }

    [Fact]
    public void The_same_seed_draws_the_same_tokens_and_another_seed_others()
    {
        var logits = Draws.Logits(1000, seed: 2, spread: 1);
        int[] Tokens(ulong seed) =>
        [
            .. Enumerable.Range(1, 50).Select(position => Draws.Draw(
                logits, new SamplingParams { Seed = seed }, prompt: new int[position]).Token.Value),
        ];
        Assert.Equal(Tokens(1), Tokens(1));
        Assert.NotEqual(Tokens(1), Tokens(2));
    }

    // The definition, by a full sort.
    private static double[] Filtered(float[] logits, SamplingParams parameters)
    {
        var p = Draws.Softmax([.. logits.Select(logit => logit / parameters.Temperature)]);
        var order = Enumerable.Range(0, p.Length).OrderByDescending(id => p[id]).ToList();
        if (parameters.TopK > 0)
            order = order[..Math.Min(parameters.TopK, order.Count)];
        var mass = order.Sum(id => p[id]);
        var (kept, sum) = (new List<int>(), 0.0);
        foreach (var id in order)
        {
            if (sum >= parameters.TopP * mass)
                break;
            sum += p[id];
            kept.Add(id);
        }
        kept = [.. kept.Where(id => p[id] >= parameters.MinP * p[order[0]])];
        var total = kept.Sum(id => p[id]);
        return [.. Enumerable.Range(0, p.Length)
            .Select(id => kept.Contains(id) ? p[id] / total : 0)];
    }

    // Tokens expected less than 5 times go together.
    private static double ChiSquare(double[] expected, int[] counts, out int freedom)
    {
        var total = counts.Sum();
        var frequent = Enumerable.Range(0, counts.Length)
            .Where(id => expected[id] * total >= 5).ToArray();
        var (rareExpected, rareCount) = (
            (1 - frequent.Sum(id => expected[id])) * total, total - frequent.Sum(id => counts[id]));
        freedom = frequent.Length - 1 + (rareExpected >= 5 ? 1 : 0);
        return frequent.Sum(id =>
            Math.Pow(counts[id] - expected[id] * total, 2) / (expected[id] * total))
            + (rareExpected >= 5 ? Math.Pow(rareCount - rareExpected, 2) / rareExpected : 0);
    }

    // Exceeded once in 10,000 seeds (Wilson and Hilferty's approximation; 3.72 standard
    // deviations).
    private static double Quantile(int freedom)
    {
        var spread = 2.0 / (9 * Math.Max(1, freedom));
        return Math.Max(1, freedom) * Math.Pow(1 - spread + 3.72 * Math.Sqrt(spread), 3);
    }
}
