using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>
/// The dumbest correct scheduler: lists, sets and dictionaries, changed in place, everything
/// looked up and counted afresh. Written from the design's words, not from the scheduler's code;
/// the law is that both decide the same.
/// </summary>
public sealed class NaiveEngine(SchedulerConfig config)
{
    private readonly List<Row> _running = [];
    private readonly List<Row> _waiting = [];
    private readonly List<int> _free = [.. Enumerable.Range(0, config.BlocksTotal)];
    private readonly List<int> _idle = [];
    private readonly Dictionary<int, string> _cache = [];
    private readonly NaivePolicy _policy = new(config);
    private StepPlan? _inFlight;
    private long _sequences;
    private long _steps;

    public List<Decision> Step(Event evt) =>
        evt switch
        {
            Event.Submitted(var request) => Submit(request),
            Event.Cancelled(var id, var reason) => Cancel(id, reason),
            Event.StepWanted => _inFlight is null && _running.Concat(_waiting).Any() ? Plan() : [],
            Event.StepCompleted(var result) when result.Step == _inFlight?.Id => Complete(result),
            Event.StepFailed(var step, _) when step == _inFlight?.Id => Fail(),
            _ => [],
        };

    private List<Decision> Submit(Request request)
    {
        var unfinished = _running.Concat(_waiting).Select(row => row.Request.Id).ToList();
        if (Objections.To(request, config, unfinished, _waiting.Count).FirstOrDefault() is { } why)
            return [new Decision.Reject(request.Id, why)];
        var row = new Row(_sequences++, request);
        _policy.Arrive(row, _waiting, _running);
        _waiting.Add(row);
        return [];
    }

    private List<Decision> Cancel(RequestId id, FinishReason reason)
    {
        var row = _running.Concat(_waiting).SingleOrDefault(each => each.Request.Id == id);
        return row is null ? [] : [End(row, reason)];
    }

    private List<Decision> Plan()
    {
        var (rows, preempted) = (new List<(Row Row, int Tokens)>(), new List<RequestId>());
        int Left() => config.MaxBatchedTokens - rows.Sum(each => each.Tokens);

        // Those running, in order; the last gives way.
        var order = _policy.Order(_running);
        _running.Clear();
        _running.AddRange(order);
        foreach (var row in order)
        {
            var tokens = Share(row, Left());
            if (tokens == 0)
                continue;
            while (_running.Contains(row) && Need(row, tokens) > _free.Count + _idle.Count)
                preempted.Add(Preempt(_running[^1]));
            if (!_running.Contains(row))
                break;
            Give(row, tokens);
            rows.Add((row, tokens));
        }

        // Then those waiting, by turns, as long as the next fits whole.
        while (preempted.Count == 0 && Left() > 0 && _running.Count < config.MaxSequences
            && _waiting.Count > 0 && _policy.Next(_waiting) is var row && Fits(row) && !IsDue(row))
        {
            _waiting.Remove(row);
            _running.Add(row);
            Share(row);
            _policy.Start(row);
            var tokens = Share(row, Left());
            Give(row, tokens);
            rows.Add((row, tokens));
        }

        _inFlight = PlanOf(rows, preempted);
        return [new Decision.RunStep(_inFlight)];
    }

    private int Share(Row row, int left)
    {
        var tokens = Math.Min(row.Tokens.Count - row.Computed, left);
        return config.LongPrefillThreshold == 0
            ? tokens
            : Math.Min(tokens, config.LongPrefillThreshold);
    }

    private int Need(Row row, int tokens) =>
        Blocks(row.Computed + tokens) - row.Table.Count;

    private int Blocks(int tokens) => (int)Math.Ceiling(tokens / (double)config.BlockSize);

    private bool Fits(Row row)
    {
        var all = _running.Append(row).Sum(each => Blocks(each.Tokens.Count));
        var held = _running.SelectMany(each => each.Table).ToList();
        var shared = held.Count - held.Distinct().Count() + Hits(row).Count(held.Contains);
        var watermark = _running.Count == 0 ? 0 : (int)(config.Watermark * config.BlocksTotal);
        return all - shared + watermark <= config.BlocksTotal;
    }

    // The cached blocks that hold its beginning, up to the first that nobody has; the last token
    // is always computed.
    private List<int> Hits(Row row)
    {
        var hits = new List<int>();
        while (config.PrefixCaching && (hits.Count + 1) * config.BlockSize < row.Tokens.Count)
        {
            var text = row.Text((hits.Count + 1) * config.BlockSize);
            if (!_cache.ContainsValue(text))
                break;
            hits.Add(_cache.Single(each => each.Value == text).Key);
        }

        return hits;
    }

    // Somebody is about to fill the block that it needs next.
    private bool IsDue(Row row)
    {
        var hits = Hits(row).Count;
        var tokens = (hits + 1) * config.BlockSize;
        return config.PrefixCaching
            && tokens < row.Tokens.Count
            && _running.Any(leader => leader.Registered == hits
                && leader.Tokens.Count >= tokens
                && leader.Text(tokens) == row.Text(tokens));
    }

    private void Share(Row row)
    {
        row.Table.AddRange(Hits(row));
        _idle.RemoveAll(row.Table.Contains);
        row.Registered = row.Table.Count;
        row.Computed = row.Table.Count * config.BlockSize;
        row.Cached = row.Preemptions == 0 ? row.Computed : row.Cached;
    }

    private void Register(Row row)
    {
        for (; config.PrefixCaching && (row.Registered + 1) * config.BlockSize <= row.Computed;
            row.Registered++)
        {
            var text = row.Text((row.Registered + 1) * config.BlockSize);
            if (!_cache.ContainsValue(text))
                _cache[row.Table[row.Registered]] = text;
        }
    }

    private void Give(Row row, int tokens)
    {
        for (var need = Need(row, tokens); need > 0; need--)
        {
            var from = _free.Count > 0 ? _free : _idle;
            row.Table.Add(from[0]);
            _cache.Remove(from[0]);
            from.RemoveAt(0);
        }
    }

    private RequestId Preempt(Row row)
    {
        Release(row);
        _running.Remove(row);
        _waiting.Add(row);
        row.Computed = 0;
        row.Registered = 0;
        row.Preemptions++;
        return row.Request.Id;
    }

    private void Release(Row row)
    {
        var held = _running.Where(each => each != row).SelectMany(each => each.Table).ToList();
        foreach (var block in Enumerable.Reverse(row.Table).Where(block => !held.Contains(block)))
            (_cache.ContainsKey(block) ? _idle : _free).Add(block);
        row.Table.Clear();
    }

    private Decision.Finish End(Row row, FinishReason reason)
    {
        Release(row);
        _running.Remove(row);
        _waiting.Remove(row);
        return new Decision.Finish(
            row.Request.Id,
            reason,
            new Usage(row.Request.Prompt.Length, row.Drawn, row.Cached, row.Preemptions));
    }

    private List<Decision> Complete(StepResult result)
    {
        var (plan, decisions) = (_inFlight!, new List<Decision>());
        if (result.Samples.IsDefault || result.Samples.Length != plan.SamplesTotal)
            return Fail();
        var samples = new Queue<SampledToken>(result.Samples);
        _inFlight = null;
        for (var i = 0; i < plan.Rows; i++)
        {
            SampledToken? sample = plan.Samplings[i] is null ? null : samples.Dequeue();
            var row = _running.SingleOrDefault(each => each.Id == plan.Sequences[i].Value);
            if (row is null)
                continue;
            row.Computed += plan.TokenCounts[i];
            Register(row);
            if (sample is not { } drawn)
                continue;
            row.Tokens.Add(drawn.Token);
            _policy.Draw(row);
            decisions.Add(new Decision.Emit(row.Request.Id, drawn));
            if (row.EndAfter(drawn.Token, config) is { } reason)
                decisions.Add(End(row, reason));
        }

        return decisions;
    }

    private List<Decision> Fail()
    {
        var ids = _inFlight!.Sequences;
        _inFlight = null;
        return
        [
            .. _running.Where(row => ids.Contains(new SequenceId(row.Id))).ToList()
                .Select(row => End(row, FinishReason.Error)),
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
                .. rows.Select(each => new SampleRange(0, each.Row.Draws(each.Tokens) ? 1 : 0)),
            ],
            [.. rows.Select(each => each.Row.Draws(each.Tokens) ? each.Row.Forbidden : [])],
            [.. preempted]);
}
