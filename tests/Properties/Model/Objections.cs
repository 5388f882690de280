using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>
/// All that stands against a request, the first being what its caller is told. Written from the
/// words: the numbers are worked out here.
/// </summary>
internal static class Objections
{
    public static IEnumerable<Rejection> To(
        Request request,
        SchedulerConfig config,
        IReadOnlyCollection<RequestId> unfinished,
        int waiting)
    {
        if (request.Prompt.IsDefaultOrEmpty)
        {
            yield return new Rejection.PromptEmpty();
            yield break;
        }

        var (tokens, slots) = (request.Prompt.Length, config.BlocksTotal * config.BlockSize);
        if (unfinished.Contains(request.Id))
            yield return new Rejection.DuplicateId(request.Id);
        if (tokens + 1 > config.MaxModelLength)
            yield return new Rejection.PromptTooLong(tokens, config.MaxModelLength - 1);
        if (tokens + 1 > slots)
            yield return new Rejection.PromptExceedsPool(
                tokens, slots - 1, config.BlocksTotal, config.BlockSize);
        var outside = request.Prompt.ToList()
            .FindIndex(token => token.Value < 0 || token.Value >= config.VocabularySize);
        if (outside >= 0)
            yield return new Rejection.TokenOutsideVocabulary(
                outside, request.Prompt[outside], config.VocabularySize);
        var errors = NaiveParameters.Wrong(request, config.VocabularySize).ToImmutableArray();
        if (request.Beams is { Width: <= 16 } beams)
            errors = errors.AddRange(TooWide(beams.Width, config));
        foreach (var (name, drawn) in new[] { ("n", request.Samples), ("best_of", request.BestOf) })
        {
            if (request.Beams is null && drawn > config.MaxSequences)
                errors = errors.Add(new(
                    name,
                    $"{drawn}",
                    $"at most {config.MaxSequences}, the sequences that run at once"));
        }

        if (request.Priority != 0 && config.Policy != SchedulingPolicy.Priority)
            errors = errors.Add(
                new("priority", $"{request.Priority}", "0 under any policy but priority"));
        if (!errors.IsEmpty)
            yield return new Rejection.ParametersInvalid(errors);
        // Beside the prompt's full blocks each beam needs one.
        if (request.Beams is { } search
            && tokens / config.BlockSize + search.Width > config.BlocksTotal)
            yield return new Rejection.PromptExceedsPool(
                tokens,
                Enumerable.Range(0, slots)
                    .LastOrDefault(prompt =>
                        prompt / config.BlockSize + search.Width <= config.BlocksTotal),
                config.BlocksTotal,
                config.BlockSize)
            {
                BeamWidth = search.Width,
            };
        if (waiting >= config.MaxWaiting)
            yield return new Rejection.QueueFull(waiting, config.MaxWaiting);
    }

    // Of the limits that it is beyond the tightest.
    private static IEnumerable<ParameterError> TooWide(int width, SchedulerConfig config) =>
        new[]
        {
            (Max: config.MaxSequences, What: "the sequences that run at once"),
            (Max: config.MaxBatchedTokens, What: "the tokens of a step"),
            (Max: config.BlocksTotal, What: "the blocks of the KV cache"),
        }
        .OrderBy(limit => limit.Max)
        .Take(1)
        .Where(limit => width > limit.Max)
        .Select(limit => new ParameterError(
            "beam_width", $"{width}", $"at most {limit.Max}, {limit.What}"));
}
