using SkPaged.Engine.Cuda.Sampling;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Sampling;

public class SelectionTests
{
    [Fact]
    public void The_least_keys_come_first_whatever_their_order()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var keys =
                Enumerable.Range(0, random.Next(1, 200)).Select(_ => (ulong)random.NextInt64())
                .Distinct().ToArray();
            if (round % 3 == 0)
                Array.Sort(keys);
            if (round % 3 == 1)
                Array.Sort(keys, (a, b) => b.CompareTo(a));
            var count = random.Next(keys.Length + 1);
            var expected = keys.Order().Take(count).ToArray();
            Selection.LeastFirst(keys, count);
            Assert.Equal(expected, keys.Take(count).Order());
        }
    }

    [Fact]
    public void The_best_candidates_are_those_of_a_sort()
    {
        var random = new Random(2);
        for (var round = 0; round < 300; round++)
        {
            var scores =
                Draws.Logits(random.Next(1, 3000), round, spread: round % 2 == 0 ? 5 : 0.01f);
            if (round % 5 == 0)
                scores = [.. scores.Select(score => MathF.Round(score))];
            var max = scores.Max();
            scores = [.. scores.Select(score => score - max)];
            var count = random.Next(1, 100);
            var candidates = new Candidates();
            candidates.TakeBest(scores, count);
            Assert.Equal(
                Enumerable.Range(0, scores.Length)
                    .OrderByDescending(id => scores[id]).ThenBy(id => id).Take(count),
                Enumerable.Range(0, candidates.Count).Select(candidates.Id));
        }
    }

    [Fact]
    public void The_candidates_of_a_mass_are_the_fewest_that_reach_it()
    {
        for (var round = 0; round < 100; round++)
        {
            var scores = Draws.Logits(500, round);
            var max = scores.Max();
            scores = [.. scores.Select(score => score - max)];
            var total = scores.Sum(score => Math.Exp(score));
            var candidates = new Candidates();
            candidates.TakeMass(scores, 0.9 * total);
            Assert.InRange(candidates.Mass(), 0.9 * total, total * 1.0001);
            var last = Math.Exp(candidates.Score(candidates.Count - 1));
            Assert.True(candidates.Mass() - last < 0.9 * total);
        }
    }
}
