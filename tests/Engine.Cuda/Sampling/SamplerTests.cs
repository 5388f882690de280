using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Sampling;

public class SamplerTests
{
    private static readonly int[] _sizes = [1, 2, 7, 8, 9, 100, 1024, 1025, 5000];

    private static IEnumerable<(float[] Logits, int Best)> Rows() =>
        from size in _sizes
        from seed in Enumerable.Range(0, 20)
        let logits = Draws.Logits(size, seed)
        select (logits, Array.IndexOf(logits, logits.Max()));

    [Fact]
    public void Greedy_takes_the_most_likely_token() =>
        Assert.All(Rows(), row => Assert.Equal(
            row.Best, Draws.Draw(row.Logits, SamplingParams.Greedy).Token.Value));

    [Fact]
    public void Of_equal_tokens_greedy_takes_the_first() =>
        Assert.Equal(3,
            Draws.Draw([0, 1, 0, 7, 7, 2, 7, 1, 7, 7], SamplingParams.Greedy).Token.Value);

    [Theory]
    [InlineData(1, 1f, 0f, 1f)]
    [InlineData(0, 1e-6f, 0f, 1f)]
    [InlineData(0, 1f, 1f, 1f)]
    [InlineData(0, 1f, 0f, 1e-40f)]
    [InlineData(0, 1f, 0f, 1e-5f)]
    public void A_filter_that_leaves_one_token_is_greedy(
        int topK, float topP, float minP, float temperature)
    {
        var parameters = new SamplingParams
        {
            TopK = topK,
            TopP = topP,
            MinP = minP,
            Temperature = temperature,
            Seed = 9,
        };
        Assert.All(Rows(), row => Assert.Equal(
            row.Best, Draws.Draw(row.Logits, parameters).Token.Value));
    }

    [Fact]
    public void Without_a_seed_nothing_is_drawn_at_random()
    {
        var error = Assert.Throws<ArgumentException>(
            () => Draws.Draw([1, 2], new SamplingParams()));
        Assert.Equal(
            "sequence 0 samples without a seed: the engine loop gives it one.", error.Message);
    }

    // Of two equally likely tokens the first takes the lower half of the numbers.
    [Fact]
    public void Each_sample_draws_with_the_number_of_its_seed_sample_and_position()
    {
        var parameters = new SamplingParams { Seed = 77 };
        for (var sample = 0; sample < 200; sample++)
            for (var position = 1; position < 4; position++)
                Assert.Equal(
                    Philox.Uniform(77, sample, position) < 0.5 ? 0 : 1,
                    Draws.Draw([0, 0], parameters, prompt: new int[position], sample: sample)
                        .Token.Value);
    }

    [Fact]
    public void Forbidden_tokens_are_not_drawn()
    {
        Assert.Equal(
            1, Draws.Draw([3, 2, 1], SamplingParams.Greedy, forbidden: [0]).Token.Value);
        var sampled = new SamplingParams { Temperature = 10, Seed = 1 };
        for (var position = 1; position < 200; position++)
            Assert.Equal(2, Draws.Draw(
                [30, 20, 1], sampled, prompt: new int[position], forbidden: [0, 1]).Token.Value);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Logits_that_are_no_numbers_are_an_error_wherever_they_stand(float bad)
    {
        for (var place = 0; place < 19; place++)
        {
            var logits = Draws.Logits(19, seed: 1);
            logits[place] = bad;
            var error = Assert.Throws<LogitsException>(
                () => Draws.Draw(logits, SamplingParams.Greedy));
            Assert.Equal(
                "No token can be drawn for position 1 of sequence 0: "
                + "the model gave NaN or infinity.",
                error.Message);
        }
    }

    [Fact]
    public void If_all_tokens_are_forbidden_the_error_says_so() =>
        Assert.Equal(
            "No token can be drawn for position 1 of sequence 0: all tokens are forbidden.",
            Assert.Throws<LogitsException>(() => Draws.Draw(
                [1, 2], SamplingParams.Greedy, forbidden: [0, 1])).Message);

    [Fact]
    public void A_bias_is_added()
    {
        var biased = SamplingParams.Greedy with
        {
            LogitBias = ImmutableDictionary<TokenId, float>.Empty.Add(new(2), 2.5f),
            Logprobs = 0,
        };
        var drawn = Draws.Draw([1, 3, 1, 0], biased);
        Assert.Equal(2, drawn.Token.Value);
        Assert.Equal(Math.Log(Draws.Softmax([1, 3, 3.5f, 0])[2]), drawn.Logprob, 1e-5);
    }

    [Fact]
    public void Penalties_are_as_computed_by_hand()
    {
        var parameters = SamplingParams.Greedy with
        {
            RepetitionPenalty = 2,
            PresencePenalty = 0.5f,
            FrequencyPenalty = 0.25f,
            Logprobs = 5,
        };
        // token 0: prompt only, 4 / 2; token 1: three times in the output, 6 / 2 - 0.5 - 0.75;
        // token 2: negative and in both, -1 x 2 - 0.5 - 0.25; tokens 3 and 4: unseen
        var drawn = Draws.Draw(
            [4, 6, -1, 1, 0], parameters, prompt: [0, 0, 2], output: [1, 2, 1, 1]);
        var expected = Draws.Softmax([2, 1.75f, -2.75f, 1, 0]).Select(p => Math.Log(p)).ToArray();
        Assert.Equal([0, 1, 3, 4, 2], Ids(drawn));
        Assert.All(
            drawn.Top, top => Assert.Equal(expected[top.Token.Value], top.Logprob, 1e-5));
    }

    [Fact]
    public void Penalties_leave_nothing_behind_for_the_next_row()
    {
        var sampler = new Sampler();
        var penalised = SamplingParams.Greedy with { RepetitionPenalty = 3, FrequencyPenalty = 1 };
        TokenId[] tokens = [new(0), new(0)];
        for (var i = 0; i < 3; i++)
            Assert.Equal(1,
                sampler.Draw([3, 2, 1], new(new(0), 0, penalised, tokens, 1, [])).Token.Value);
    }

    // A caller may ask for 20; beam search asks for two a beam.
    [Theory]
    [InlineData(20)]
    [InlineData(32)]
    public void Logprobs_are_those_of_the_tempered_vocabulary(int count)
    {
        var logits = Draws.Logits(3000, seed: 4);
        var parameters =
            new SamplingParams { Temperature = 0.7f, TopK = 3, Logprobs = count, Seed = 2 };
        var drawn = Draws.Draw(logits, parameters);
        var expected = Draws.Softmax([.. logits.Select(logit => logit / 0.7f)])
            .Select(p => Math.Log(p)).ToArray();
        Assert.Equal(expected[drawn.Token.Value], drawn.Logprob, 1e-4);
        Assert.Equal(
            Enumerable.Range(0, 3000).OrderByDescending(id => logits[id]).Take(count),
            Ids(drawn));
        Assert.All(
            drawn.Top, top => Assert.Equal(expected[top.Token.Value], top.Logprob, 1e-4));
    }

    [Fact]
    public void Without_logprobs_there_are_none()
    {
        var drawn = Draws.Draw([1, 2, 3], new SamplingParams { Seed = 1 });
        Assert.True(float.IsNaN(drawn.Logprob));
        Assert.True(drawn.Top.IsDefault);
        Assert.Empty(Draws.Draw([1, 2], SamplingParams.Greedy with { Logprobs = 0 }).Top);
    }

    private static int[] Ids(SampledToken drawn)
    {
        var ids = new List<int>();
        foreach (var top in drawn.Top)
            ids.Add(top.Token.Value);
        return [.. ids];
    }
}
