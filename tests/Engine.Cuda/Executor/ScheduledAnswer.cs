using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// All that a request got: of each sample its tokens with their log probabilities and its end, and
/// which were chosen.
/// </summary>
internal sealed class ScheduledAnswer(Request request)
{
    // Float32 rounding: other plans add up in another order. A fault is far beyond it.
    private const float Tolerance = 1e-4f;

    private readonly SortedDictionary<int, string> _samples = [];
    private readonly SortedDictionary<int, List<float>> _logprobs = [];
    private string _chosen = "";

    /// <summary>
    /// How far the second most likely token was behind where no dice were thrown, at the closest.
    /// </summary>
    public float Margin { get; private set; } = float.PositiveInfinity;

    private string Text => string.Join('\n', _samples.Values) + _chosen;

    public void Add(TokenEvent next)
    {
        switch (next)
        {
            case TokenEvent.Token token:
                Add(token.Index, $"{token.Sample.Token.Value}");
                AddLogprob(token.Index, token.Sample);
                break;
            case TokenEvent.Finished end:
                Add(end.Index, $"{end.Reason} {end.Usage.OutputTokens}");
                break;
            case TokenEvent.Chosen(var best):
                _chosen = $"\nchosen: {string.Join(' ', best)}";
                break;
        }
    }

    /// <summary>What is not the same in the other one; null: nothing.</summary>
    public string? Difference(ScheduledAnswer other)
    {
        if (Text != other.Text)
            return $"of a prompt of {request.Prompt.Length} tokens\n{Text}\nbecame\n{other.Text}";
        var difference = _logprobs.Values.SelectMany(all => all)
            .Zip(other._logprobs.Values.SelectMany(all => all), (a, b) => MathF.Abs(a - b))
            .DefaultIfEmpty(0).Max();
        return difference <= Tolerance ? null : $"log probabilities differ by {difference}";
    }

    private void Add(int sample, string what) =>
        _samples[sample] = $"{_samples.GetValueOrDefault(sample, $"{sample}:")} {what}";

    private void AddLogprob(int sample, SampledToken token)
    {
        // Of a beam's tokens nothing is known but that they were the best.
        if (request.Beams is not null)
            return;
        if (!_logprobs.TryAdd(sample, [token.Logprob]))
            _logprobs[sample].Add(token.Logprob);
        if (request.Sampling.IsGreedy)
            Margin = Math.Min(Margin, token.Top[0].Logprob - token.Top[1].Logprob);
    }
}
