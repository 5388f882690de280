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
                {
                    BeamWidth = request.Beams?.Width,
                }
            : state.Unfinished.Count >= config.MaxWaiting
                && Waiting(state) is var waiting && waiting >= config.MaxWaiting
                ? new Rejection.QueueFull(waiting, config.MaxWaiting)
            : null;
    }

    // A request waits as long as none of its sequences runs.
    private static int Waiting(SchedulerState state) =>
        state.Unfinished.Count
            - state.Running.Select(sequence => sequence.Request.Id).Distinct().Count();

    private static ImmutableArray<ParameterError> Errors(
        SchedulerConfig config, Request request) =>
    [
        .. ParameterRules.Check(request, config.VocabularySize),
        .. Widths(request).SelectMany(width => TooWide(config, request, width)),
        .. PriorityRule.Check(config, request),
    ];

    // What a caller asked for of what must fit; what is out of its own range is told already.
    private static IEnumerable<(string Name, int Width)> Widths(Request request) =>
        request switch
        {
            { Beams.Width: > ParameterRules.BeamWidthMax } => [],
            { Beams: { } beams } => [("beam_width", beams.Width)],
            { BestOf: { } drawn } => [("n", request.Samples), ("best_of", drawn)],
            _ => [("n", request.Samples)],
        };

    // Of the limits that it is beyond the tightest.
    private static IEnumerable<ParameterError> TooWide(
        SchedulerConfig config, Request request, (string Name, int Width) asked) =>
        Limits(config, request)
            .Where(limit => asked.Width > limit.Max)
            .OrderBy(limit => limit.Max)
            .Take(1)
            .Select(limit => new ParameterError(
                asked.Name,
                string.Create(CultureInfo.InvariantCulture, $"{asked.Width}"),
                $"at most {limit.Max}, {limit.What}"));

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
