using System.Globalization;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>
/// What may be asked for, as a table: each value with its least and its most, and what it has to
/// be in a beam search that passes over it. Written from the documentation of the parameters.
/// </summary>
internal static class NaiveParameters
{
    // No value is less and positive.
    private const float Tiny = float.Epsilon;
    private const int Any = int.MaxValue;

    /// <summary>
    /// All that is wrong: first what is so by itself, then what is so because beams are searched.
    /// Who is told the second is not told the first.
    /// </summary>
    public static IEnumerable<ParameterError> Wrong(Request request, int vocabulary)
    {
        var lines = Lines(request, vocabulary)
            .ToLookup(line => request.Beams is not null && line.IsWrongInSearch);
        return lines[false]
            .Where(line => line.IsWrong)
            .Select(line => new ParameterError(line.Name, line.Text, line.Words))
            .Concat(lines[true]
                .OrderBy(line => line.Name is "n" ? 0 : line.Name is "best_of" ? 1 : 2)
                .Select(line => new ParameterError(line.Name, line.Text, line.WordsInSearch)));
    }

    private static IEnumerable<Line> Lines(Request request, int vocabulary) =>
    [
        .. Drawing(request.Sampling),
        .. request.Sampling.LogitBias.OrderBy(bias => bias.Key.Value).SelectMany(bias => new[]
        {
            Token("logit_bias token", bias.Key, vocabulary),
            new Line($"logit_bias of token {bias.Key.Value}", bias.Value, -100, 100,
                "from -100 to 100"),
        }),
        .. Stopping(request.Stop),
        .. request.Stop.EndTokens.Select(token => Token("stop token", token, vocabulary)),
        new("length of cache_salt", (request.CacheSalt ?? "").Length, 0, 256, "at most 256"),
        new("length of tenant", (request.Tenant ?? "").Length, 0, 256, "at most 256"),
        .. Group(request),
    ];

    private static IEnumerable<Line> Drawing(SamplingParams sampling) =>
    [
        new("temperature", sampling.Temperature, 0, 10, "from 0 to 10") { Idle = 0 },
        new("top_k", sampling.TopK, 0, Any, "0 (off) or more") { Idle = 0 },
        new("top_p", sampling.TopP, Tiny, 1, "above 0 and at most 1") { Idle = 1 },
        new("min_p", sampling.MinP, 0, 1, "from 0 to 1") { Idle = 0 },
        new("repetition_penalty", sampling.RepetitionPenalty, Tiny, 10,
            "above 0 and at most 10"),
        new("presence_penalty", sampling.PresencePenalty, -2, 2, "from -2 to 2"),
        new("frequency_penalty", sampling.FrequencyPenalty, -2, 2, "from -2 to 2"),
        new("logprobs", sampling.Logprobs, 0, 20, "from 0 to 20") { Idle = double.NaN },
    ];

    private static IEnumerable<Line> Stopping(StopRule stop) =>
    [
        new("max_tokens", stop.MaxTokens, 1, Any, "at least 1"),
        new("min_tokens", stop.MinTokens, 0, stop.MaxTokens < 1 ? Any : stop.MaxTokens,
            $"from 0 to max_tokens ({stop.MaxTokens})"),
    ];

    private static IEnumerable<Line> Group(Request request)
    {
        var (n, beams) = (request.Samples, request.Beams);
        yield return new("n", n, 1, Any, "at least 1")
        {
            MostInSearch = beams?.Width is >= 2 and <= 16 ? beams.Width : null,
        };
        yield return new("best_of", request.BestOf, n > 1 ? n : 1, Any,
            n > 1 ? $"at least n ({n})" : "at least 1")
        {
            Idle = double.NaN,
        };
        if (beams is null)
            yield break;
        yield return new("beam_width", beams.Width, 2, 16, "from 2 to 16");
        yield return new("length_penalty", beams.LengthPenalty, -10, 10, "from -10 to 10");
        yield return new("early_stopping", (int)beams.EarlyStopping, 0, 2,
            "heuristic, always or never");
    }

    private static Line Token(string name, TokenId token, int vocabulary) =>
        new(name, token.Value, 0, vocabulary - 1, $"from 0 to {vocabulary - 1}");

    // A value that is not there is never out of its range.
    private sealed record Line(
        string Name, IConvertible? Value, double Least, double Most, string Words)
    {
        /// <summary>The one value that a search does not pass over; NaN = none at all.</summary>
        public double? Idle { get; init; }

        public int? MostInSearch { get; init; }

        public string Text => Value?.ToString(CultureInfo.InvariantCulture) ?? "";

        public string WordsInSearch =>
            MostInSearch is { } most ? $"at most beam_width ({most})"
            : Idle is double.NaN ? "unset with beam_width"
            : string.Create(CultureInfo.InvariantCulture, $"{Idle} with beam_width");

        public bool IsWrong => Value is not null && !(Number >= Least && Number <= Most);

        public bool IsWrongInSearch =>
            Idle is { } idle
                ? Value is not null && !(Number == idle)
                : Number > MostInSearch;

        private double Number =>
            Value?.ToDouble(CultureInfo.InvariantCulture) ?? double.NaN;
    }
}
