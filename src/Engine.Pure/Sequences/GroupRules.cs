namespace SkPaged.Engine.Pure;

/// <summary>
/// The ranges and conflicts of what makes a request a group of sequences: n, best_of and beams.
/// </summary>
internal static class GroupRules
{
    /// <summary>What is out of range.</summary>
    public static IEnumerable<ParameterError> Ranges(Request request) =>
        new[]
        {
            ParameterRules.Expect("n", request.Samples, request.Samples >= 1, "at least 1"),
            ParameterRules.Expect("best_of", request.BestOf,
                request.BestOf is null || request.BestOf >= Math.Max(1, request.Samples),
                request.Samples > 1 ? $"at least n ({request.Samples})" : "at least 1"),
        }
        .OfType<ParameterError>()
        .Concat(request.Beams is { } beams ? Beams(beams) : []);

    /// <summary>
    /// What beams cannot go with: named, where others pass over it. A search draws nothing, so
    /// what shapes a draw would change nothing; penalties and biases shape what it searches.
    /// </summary>
    public static IEnumerable<ParameterError> Conflicts(Request request)
    {
        if (request.Beams is not { } beams)
            return [];
        var sampling = request.Sampling;
        return new[]
        {
            ParameterRules.Expect("n", request.Samples,
                request.Samples <= beams.Width || !IsWidth(beams.Width),
                $"at most beam_width ({beams.Width})"),
            Beside("best_of", request.BestOf, request.BestOf is null, "unset"),
            Beside("temperature", sampling.Temperature, sampling.IsGreedy, "0"),
            Beside("top_k", sampling.TopK, sampling.TopK == 0, "0"),
            Beside("top_p", sampling.TopP, sampling.TopP == 1, "1"),
            Beside("min_p", sampling.MinP, sampling.MinP == 0, "0"),
            Beside("logprobs", sampling.Logprobs, sampling.Logprobs is null, "unset"),
        }.OfType<ParameterError>();
    }

    private static IEnumerable<ParameterError> Beams(BeamParams beams) =>
        new[]
        {
            ParameterRules.Expect("beam_width", beams.Width, IsWidth(beams.Width),
                $"from {ParameterRules.BeamWidthMin} to {ParameterRules.BeamWidthMax}"),
            ParameterRules.Expect("length_penalty", beams.LengthPenalty,
                beams.LengthPenalty is >= -10 and <= 10, "from -10 to 10"),
            ParameterRules.Expect("early_stopping", beams.EarlyStopping,
                Enum.IsDefined(beams.EarlyStopping), "heuristic, always or never"),
        }.OfType<ParameterError>();

    private static bool IsWidth(int width) =>
        width is >= ParameterRules.BeamWidthMin and <= ParameterRules.BeamWidthMax;

    private static ParameterError? Beside<T>(string name, T value, bool holds, string expected) =>
        ParameterRules.Expect(name, value, holds, $"{expected} with beam_width");
}
