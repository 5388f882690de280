using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>
/// The dumbest correct scheduler: lists, sets and dictionaries, changed in place, everything
/// looked up and counted afresh. Written from the design's words, not from the scheduler's code;
/// the law is that both decide the same.
/// </summary>
public sealed partial class NaiveEngine(SchedulerConfig config)
{
    private readonly List<Row> _running = [];
    private readonly List<Row> _waiting = [];
    private readonly List<int> _free = [.. Enumerable.Range(0, config.BlocksTotal)];
    private readonly List<int> _idle = [];
    private readonly Dictionary<int, string> _cache = [];
    private readonly NaivePolicy _policy = new(config);
    private readonly List<(RequestId Id, int Sample, double Worth)> _ranks = [];
    private readonly List<BlockCopy> _copies = [];
    private readonly List<int> _hostFree = [.. Enumerable.Range(0, config.HostBlocksTotal)];
    private readonly List<(int Device, int Host)> _out = [];
    private readonly List<(int Device, int Host)> _in = [];
    private StepPlan? _inFlight;
    private long _sequences;
    private long _steps;

    public List<Decision> Step(Event evt) =>
        evt switch
        {
            Event.Submitted(var request) => Submit(request),
            Event.Cancelled cancelled => Cancel(cancelled),
            Event.StepWanted when _inFlight is null => Plan(),
            Event.StepWanted when config.LookAhead && _ahead is null => PlanAhead(),
            Event.StepCompleted(var result) when result.Step == _inFlight?.Id => Complete(result),
            Event.StepFailed(var step, _) when step == _inFlight?.Id => Fail(),
            _ => [],
        };

    private List<Decision> Submit(Request request)
    {
        var unfinished = _running.Concat(_waiting).Select(row => row.Request.Id).ToList();
        var waiting = unfinished.Except(_running.Select(row => row.Request.Id)).Count();
        if (Objections.To(request, config, unfinished, waiting).FirstOrDefault() is { } why)
            return [new Decision.Reject(request.Id, why)];
        var row = new Row(_sequences, request);
        _sequences += row.Width;
        _policy.Arrive(row, _waiting, _running);
        _waiting.Add(row);
        return [];
    }

    private List<Decision> Cancel(Event.Cancelled cancelled) =>
    [
        .. _running.Concat(_waiting)
            .Where(row => row.Request.Id == cancelled.Id)
            .Where(row => cancelled.Sample is null
                || (row.Sample == cancelled.Sample
                    && row is { Width: 1, Request.Beams: null }))
            .ToList()
            .SelectMany(row => End(row, cancelled.Reason)),
    ];

    private List<Decision> Plan()
    {
        _copies.Clear();
        _out.Clear();
        _in.Clear();
        var (rows, preempted) = (new List<(Row Row, int Tokens)>(), new List<RequestId>());
        int Left() => config.MaxBatchedTokens - rows.Sum(each => each.Tokens);

        // Those running, in order, the samples of a request together; the last gives way.
        var order = _policy.Order(_running);
        _running.Clear();
        _running.AddRange(order);
        foreach (var group in order.GroupBy(row => row.Request.Id).ToList())
        {
            while (group.Any(_running.Contains)
                && Need([.. group.Where(_running.Contains)], Left()) > _free.Count + _idle.Count)
                preempted.Add(PreemptLast());
            if (IsHeldBack(group.Count(_running.Contains), group.First(), Left()))
                continue;
            foreach (var row in group.Where(_running.Contains))
            {
                var tokens = Share(row, Left());
                if (tokens == 0)
                    continue;
                Give(row, tokens);
                rows.Add((row, tokens));
            }
        }

        // Then those waiting, by turns, as long as the next fits whole.
        while (preempted.Count == 0 && Left() > 0 && _waiting.Count > 0)
        {
            var row = _policy.Next(_waiting);
            if (row.Host.Count > 0)
            {
                if (_inFlight?.SwapOuts.IsEmpty == false)
                    break;
                var samples = WhoReturns(row, Left());
                if (samples.Count == 0)
                    break;
                SwapIn(samples);
                foreach (var (sample, index) in samples.Select((sample, index) => (sample, index)))
                    Start(sample, Left() - (samples.Count - 1 - index));
                continue;
            }

            if (_running.Append(row).Sum(each => each.Width) > config.MaxSequences
                || !Fits(row) || IsDue(row))
                break;
            _waiting.Remove(row);
            _running.Add(row);
            Share(row);
            _policy.Start(row);
            Start(row, Left());
        }

        void Start(Row row, int left)
        {
            var tokens = Share(row, left);
            Give(row, tokens);
            rows.Add((row, tokens));
        }

        if (rows.Count == 0)
            return [];
        var plan = PlanOf(rows, preempted);
        (_inFlight, _ahead) = _inFlight is null ? (plan, _ahead) : (_inFlight, plan);
        return [new Decision.RunStep(plan)];
    }

    private int Share(Row row, int left)
    {
        var tokens = Math.Min(row.Length - row.Computed, left);
        return config.LongPrefillThreshold == 0
            ? tokens
            : Math.Min(tokens, config.LongPrefillThreshold);
    }

    private List<Decision> End(Row row, FinishReason reason)
    {
        Release(row);
        ReleaseHost(row);
        _running.Remove(row);
        _waiting.Remove(row);
        if (row.Request.Beams is not null)
            return CutOff(row, reason);
        var (id, samples) = (row.Request.Id, Enumerable.Range(row.Sample, row.Width));
        var usage = new Usage(row.Request.Prompt.Length, row.Drawn, row.Cached, row.Preemptions);
        var ends = samples.Select(sample =>
            new Decision.Finish(id, reason, usage) { Sample = sample });
        var isWhole = row.Drawn > 0 && reason is FinishReason.Stop or FinishReason.Length;
        _ranks.AddRange(samples.Select(sample => (
            id,
            sample,
            isWhole ? row.Logprobs.Sum(logprob => (double)logprob) / row.Drawn
                : double.NegativeInfinity)));
        if (_running.Concat(_waiting).Any(other => other.Request.Id == id))
            return [.. ends];
        var chosen = _ranks
            .Where(rank => rank.Id == id)
            .OrderBy(rank => -rank.Worth)
            .ThenBy(rank => rank.Sample)
            .Select(rank => rank.Sample)
            .Take(row.Request.Samples)
            .ToImmutableArray();
        _ranks.RemoveAll(rank => rank.Id == id);
        return row.Request.BestOf > row.Request.Samples
            ? [.. ends, new Decision.Choose(id, chosen)]
            : [.. ends];
    }

    private List<Decision> Complete(StepResult result)
    {
        var (plan, decisions) = (_inFlight!, new List<Decision>());
        if (result.Samples.IsDefault || result.Samples.Length != plan.SamplesTotal)
            return Fail();
        var samples = new Queue<SampledToken>(result.Samples);
        var draws = plan.Draws
            .Select(draw => Enumerable.Range(0, draw.Count).Select(_ => samples.Dequeue()).ToList())
            .ToList();
        (_inFlight, _ahead) = (_ahead, null);
        foreach (var row in _running.ToList())
        {
            var i = plan.Sequences.IndexOf(new SequenceId(row.Id));
            if (i < 0)
                continue;
            var drawn = draws[i];
            row.Computed += plan.TokenCounts[i];
            Register(row);
            if (row.Request.Beams is not null)
            {
                decisions.AddRange(drawn is [var tops] ? Gather(row, tops.Top) : []);
                continue;
            }

            var branches = drawn.Select((_, sample) => sample == 0 ? row : row.Branch(sample))
                .ToList();
            _running.InsertRange(_running.IndexOf(row) + 1, branches.Skip(1));
            foreach (var (branch, token) in branches.Zip(drawn))
                decisions.AddRange(Draw(branch, token));
        }

        return decisions;
    }

    private List<Decision> Draw(Row row, SampledToken drawn)
    {
        row.Tokens.Add(drawn.Token);
        _policy.Draw(row);
        row.Logprobs.Add(drawn.Logprob);
        var emit = new Decision.Emit(row.Request.Id, drawn) { Sample = row.Sample };
        return row.EndAfter(drawn.Token, config) is { } reason
            ? [emit, .. End(row, reason)]
            : [emit];
    }

    private List<Decision> Fail()
    {
        var ids = _inFlight!.Sequences;
        var lost = _inFlight.SwapOuts.Select(swap => swap.Host.Value).ToList();
        (_inFlight, _ahead) = (_ahead, null);
        foreach (var row in _waiting.Where(row => row.Host.Any(lost.Contains)))
        {
            ReleaseHost(row);
            row.Computed = 0;
        }

        BeginAgain();

        return
        [
            .. _running.Where(row => ids.Contains(new SequenceId(row.Id))).ToList()
                .SelectMany(row => End(row, FinishReason.Error)),
        ];
    }

    private StepPlan PlanOf(List<(Row Row, int Tokens)> rows, List<RequestId> preempted) =>
        new(
            new StepId(_steps++),
            config.BlockSize,
            [.. rows.Select(each => new SequenceId(each.Row.Id))],
            [.. rows.Select(each => each.Row.Computed)],
            [.. rows.Select(each => each.Tokens)],
            [.. rows.Select(each => AppendLog<TokenId>.From([.. each.Row.Tokens]))],
            [.. rows.Select(each => each.Row.Request.Prompt.Length)],
            [
                .. rows.Select(each => BlockTable.Empty.Append(
                    [.. each.Row.Table.Select(block => new BlockId(block))])),
            ],
            [.. rows.Select(each => each.Row.Draws(each.Tokens) ? each.Row.Sampling : null)],
            [
                .. rows.Select(each => each.Row.Draws(each.Tokens)
                    ? new SampleRange(
                        each.Row.Sample, each.Row.Request.Beams is null ? each.Row.Width : 1)
                    : default),
            ],
            [.. rows.Select(each => each.Row.Draws(each.Tokens) ? each.Row.Forbidden : [])],
            [.. preempted])
        {
            Awaited = _inFlight is null
                ? []
                : [.. rows.Select(each => each.Row.Awaits ?? StepPlan.None)],
            Copies = [.. _copies],
            SwapOuts = [.. _out.Select(Swap)],
            SwapIns = [.. _in.Select(Swap)],
        };
}
