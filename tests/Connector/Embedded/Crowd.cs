using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>Many callers at once; it sees to it that each leaves when it wants to.</summary>
internal sealed partial class Crowd : IDisposable
{
    // Twice as many of those who cut a request off as of the others.
    private static readonly ImmutableArray<Departure> s_mix =
    [
        .. Enum.GetValues<Departure>(),
        .. Enum.GetValues<Departure>().Where(way => way < Departure.ForgetsTheStream),
    ];

    private readonly Caller[] _callers;
    private readonly Dictionary<SequenceId, Caller?> _callerOf = [];
    private readonly List<Caller> _queued;
    private readonly WatchedEngine _model;
    private readonly Random _random;

    public Crowd(WatchedEngine model, int size, int seed)
    {
        _random = new Random(seed);
        _model = model;
        _callers =
        [
            .. Enumerable.Range(0, size).Select(number => new Caller(
                number, s_mix[_random.Next(s_mix.Length)], new Random(_random.Next()))),
        ];
        _queued = [.. _callers.Where(caller => caller.Departure == Departure.InTheQueue)];
    }

    /// <summary>Asks all at once: how those left who could leave as they wanted to.</summary>
    public async Task<IEnumerable<Departure>> AskAll()
    {
        var chat = new PagedLlmChatCompletionService(_model.Engine);
        _model.Executor.BeforeStep = Part;
        var left = await Task.WhenAll(_callers.Select(caller => caller.Ask(chat)));
        _model.Executor.BeforeStep = null;
        return _callers.Where((_, index) => left[index]).Select(caller => caller.Departure);
    }

    public void Dispose()
    {
        foreach (var caller in _callers)
            caller.Dispose();
    }

    // On the engine's thread, between two steps.
    private void Part(StepPlan plan)
    {
        for (var row = 0; row < plan.Rows; row++)
            if (CallerOf(plan, row) is { HasLeft: false } caller && Leaves(caller, plan, row))
                caller.Leave();
        if (_queued.Count == 0)
            return;
        var next = _random.Next(_queued.Count);
        _queued[next].Leave();
        _queued.RemoveAt(next);
    }

    private static bool Leaves(Caller caller, StepPlan plan, int row) => caller.Departure switch
    {
        Departure.InPrefill =>
            plan.FirstPositions[row] + plan.TokenCounts[row] < plan.PromptCounts[row],
        Departure.InDecode =>
            plan.TokenLogs[row].Count - plan.PromptCounts[row] >= caller.Patience,
        _ => false,
    };

    private Caller? CallerOf(StepPlan plan, int row)
    {
        if (_callerOf.TryGetValue(plan.Sequences[row], out var caller))
            return caller;
        var prompt = _model.Engine.Tokenizer.Decode(
            plan.TokenLogs[row].Span[..plan.PromptCounts[row]], skipSpecialTokens: false);
        caller = _callers[int.Parse(
            Marks().Match(prompt).Groups[1].Value, CultureInfo.InvariantCulture)];
        _callerOf.Add(plan.Sequences[row], caller);
        _queued.Remove(caller);
        return caller;
    }

    [GeneratedRegex(@"Call (\d+):")]
    private static partial Regex Marks();
}
