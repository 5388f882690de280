using System.Collections.Immutable;
using System.Globalization;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A request waits, or is rejected with the numbers before anything is taken: what can never be
/// served is told at once, what cannot be served now waits.
/// </summary>
internal static class Submit
{
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerConfig config, SchedulerState state, Request request) =>
        Objection(config, state, request) is { } objection
            ? (state, Decisions.Of(new Decision.Reject(request.Id, objection)))
            : (Enqueue(state, Sequence.Of(state.NextSequence, Told(request))), Decisions.None);

    private static SchedulerState Enqueue(SchedulerState state, Sequence sequence) =>
        state with
        {
            Waiting = state.Waiting.Add(sequence.Id, sequence),
            Turns = state.Turns.Arrive(state, sequence),
            Unfinished = state.Unfinished.Add(
                sequence.Request.Id, Ongoing.Of(sequence.Id, sequence.Request)),
            NextSequence = new SequenceId(sequence.Id.Value + sequence.Width),
        };

    // Ranking needs the log probability of each drawn token, whether the caller does or not; and a
    // beam search those of all candidates.
    private static Request Told(Request request) =>
        request switch
        {
            { Beams: { } beams } =>
                WithLogprobs(request, BeamRules.CandidatesOf(beams, request.Stop)),
            { IsRanked: true, Sampling.Logprobs: null } => WithLogprobs(request, 0),
            _ => request,
        };

    private static Request WithLogprobs(Request request, int logprobs) =>
        request with { Sampling = request.Sampling with { Logprobs = logprobs } };

    // The servable length leaves room for one token of output: a prompt that fills it is too long.
    private static Rejection? Objection(
        SchedulerConfig config, SchedulerState state, Request request)
    {
        if (request.Prompt.IsDefaultOrEmpty)
            return new Rejection.PromptEmpty();
        var (length, slots) = (request.Prompt.Length, (long)config.BlocksTotal * config.BlockSize);
        return state.Unfinished.ContainsKey(request.Id) ? new Rejection.DuplicateId(request.Id)
            : length >= config.MaxModelLength
                ? new Rejection.PromptTooLong(length, config.MaxModelLength - 1)
            : length >= slots
                ? new Rejection.PromptExceedsPool(
                    length, (int)slots - 1, config.BlocksTotal, config.BlockSize)
            : OutsideVocabulary(config, request) is { } outside ? outside
            : Errors(config, request) is { IsEmpty: false } errors
                ? new Rejection.ParametersInvalid(errors)
            : Search.PromptMax(config, request) is var most && length > most
                ? new Rejection.PromptExceedsPool(
                    length, (int)most, config.BlocksTotal, config.BlockSize)
            : state.Waiting.Count >= config.MaxWaiting
                ? new Rejection.QueueFull(state.Waiting.Count, config.MaxWaiting)
            : null;
    }

    private static ImmutableArray<ParameterError> Errors(
        SchedulerConfig config, Request request) =>
    [
        .. ParameterRules.Check(request, config.VocabularySize),
        .. Limits(config, request)
            .Where(limit => request.Width > limit.Max)
            .OrderBy(limit => limit.Max)
            .Take(1)
            .Select(limit => TooWide(request, limit.Max, limit.What)),
        .. PriorityRule.Check(config, request),
    ];

    // Samples can take turns; beams draw in one step, each with blocks of its own.
    private static IEnumerable<(int Max, string What)> Limits(
        SchedulerConfig config, Request request) =>
        request.Beams is null
            ? [(config.MaxSequences, "the sequences that run at once")]
            :
            [
                (config.MaxSequences, "the sequences that run at once"),
                (config.MaxBatchedTokens, "the tokens of a step"),
                (config.BlocksTotal, "the blocks of the KV cache"),
            ];

    private static ParameterError TooWide(Request request, int max, string what) =>
        new(
            request.Beams is not null ? "beam_width" : request.BestOf is null ? "n" : "best_of",
            string.Create(CultureInfo.InvariantCulture, $"{request.Width}"),
            $"at most {max}, {what}");

    private static Rejection.TokenOutsideVocabulary? OutsideVocabulary(
        SchedulerConfig config, Request request)
    {
        var tokens = request.Prompt.AsSpan();
        for (var i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i].Value >= (uint)config.VocabularySize)
                return new Rejection.TokenOutsideVocabulary(i, tokens[i], config.VocabularySize);
        }

        return null;
    }
}
