using SkPaged.Engine.Cuda.Tests.Loop;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>A reference's prompt through the whole engine, and its answer against it.</summary>
internal static class EngineContinuation
{
    private const float Tolerance = 1e-3f;

    /// <summary>As many greedy tokens as the reference has.</summary>
    public static async Task<(int[] Tokens, Usage Usage)> ContinueAsync(
        this LlmEngine engine, Expectation row)
    {
        await using var generation = engine.Loop.Submit(
            [.. row.Prompt.Select(id => new TokenId(id))],
            SamplingParams.Greedy,
            new StopRule { MaxTokens = row.Greedy.Length });
        var tokens = new List<int>();
        await foreach (var next in generation.ReadAllAsync())
        {
            if (next is TokenEvent.Finished end)
                return ([.. tokens], end.Usage);
            tokens.Add(((TokenEvent.Token)next).Sample.Token.Value);
        }

        throw new InvalidOperationException("The stream ended without an end.");
    }

    /// <summary>As many times the same in one request, which is preempted as often.</summary>
    public static async Task<(int[][] Samples, int Preemptions)> ContinueAsync(
        this LlmEngine engine, Expectation row, int samples)
    {
        await using var generation = engine.Loop.Submit(
            [.. row.Prompt.Select(id => new TokenId(id))],
            SamplingParams.Greedy,
            new StopRule { MaxTokens = row.Greedy.Length },
            new() { Samples = samples });
        var answer = await generation.ReadGroup();
        return (
            [
                .. answer.Samples.Values.Select(
                    sample => sample.Tokens.Select(token => token.Value).ToArray()),
            ],
            answer.Samples.Values.Max(sample => sample.Usage.Preemptions));
    }

    /// <summary>
    /// Once a step is too close to call, another rounding may have taken the other way.
    /// </summary>
    public static void CheckUntilDoubtful(this Expectation expected, int[] tokens)
    {
        Assert.Equal(expected.Greedy.Length, tokens.Length);
        var certain = expected.Margins.TakeWhile(margin => margin > Tolerance).Count();
        Assert.Equal(expected.Greedy[..certain], tokens[..certain]);
    }
}
