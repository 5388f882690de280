using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>What a run showed; means over time weigh each step by how long it took.</summary>
internal sealed class RunTally(IReadOnlyList<Arrival> trace)
{
    private readonly int[] _left = [.. trace.Select(arrival => arrival.Request.Samples)];
    private readonly double[] _ends = [.. trace.Select(_ => double.PositiveInfinity)];
    private readonly double[] _firsts = [.. trace.Select(_ => double.PositiveInfinity)];
    private readonly List<float> _steps = [];
    private double _fullSeconds, _fullDraws, _fullHeld, _fullTotal;
    private double _held, _future, _internal, _taken, _total, _sequences, _shared, _referenced;

    /// <summary>Seconds on the trace's clock.</summary>
    public double Seconds { get; private set; }

    /// <summary>Of these, in steps.</summary>
    public double Busy { get; private set; }

    public long Steps { get; private set; }

    public long Preemptions { get; private set; }

    public long SwappedBlocks { get; private set; }

    public long TokensComputed { get; private set; }

    public int Finishes { get; private set; }

    /// <summary>Tokens of output of all that ended, over all their samples.</summary>
    public long OutputTokens { get; private set; }

    /// <summary>Sequences that ran at once.</summary>
    public double Sequences => _sequences / Busy;

    /// <summary>Share of the cache that holds tokens.</summary>
    public double Held => _held / _total;

    /// <summary>Share of the cache that its holder will fill later.</summary>
    public double Future => _future / _total;

    /// <summary>Share of the cache that its holder never fills.</summary>
    public double Internal => _internal / _total;

    /// <summary>Share of the cache that is nobody's, or lost to rounding.</summary>
    public double Other => 1 - Held - Future - Internal;

    /// <summary>Tokens held / slots that are not free.</summary>
    public double HeldOfTaken => _held / _taken;

    /// <summary>Blocks saved by sharing / blocks without it.</summary>
    public double Saved => _shared / _referenced;

    /// <summary>Seconds a token, summed over the requests that ended.</summary>
    public double LatencySum { get; private set; }

    /// <summary>Seconds that steps took, of a share of them.</summary>
    public double StepSeconds(double quantile) =>
        _steps.Order().ElementAt((int)(quantile * (_steps.Count - 1)));

    /// <summary>Whether all of the trace ended.</summary>
    public bool IsWhole => Finishes == trace.Count;

    /// <summary>
    /// Mean over all requests of seconds from arrival to end / tokens of output; infinite where
    /// some did not end. Source: SOSP '23, section 6.1.
    /// </summary>
    public double NormalisedLatency => LatencyOf(_ => true);

    /// <summary>The same over those that <paramref name="which"/> names.</summary>
    public double LatencyOf(Func<Request, bool> which) => trace.Index()
        .Where(arrival => which(arrival.Item.Request))
        .Average(arrival => (_ends[arrival.Index] - arrival.Item.Second)
            / arrival.Item.Request.Stop.MaxTokens);

    /// <summary>Seconds to the first token told, of a share of the requests.</summary>
    public double FirstToken(double quantile) => trace.Index()
        .Select(arrival => _firsts[arrival.Index] - arrival.Item.Second)
        .Order()
        .ElementAt((int)(quantile * (trace.Count - 1)));

    /// <summary>Share of the cache that holds tokens, of the time that anybody waits.</summary>
    public double HeldWhileFull => _fullHeld / _fullTotal;

    /// <summary>Tokens drawn a second, of the time that anybody waits.</summary>
    public double ThroughputWhileFull => _fullDraws / _fullSeconds;

    /// <summary>Tokens of output a second of steps.</summary>
    public double Throughput => OutputTokens / Busy;

    public void Ran(StepPlan plan, KvUse use, double seconds)
    {
        Steps++;
        _steps.Add((float)seconds);
        if (use.IsFull)
        {
            _fullSeconds += seconds;
            _fullDraws += plan.SamplesTotal;
            _fullHeld += seconds * use.Held;
            _fullTotal += seconds * use.Total;
        }

        Busy += seconds;
        Preemptions += plan.Preempted.Length;
        SwappedBlocks += plan.SwapOuts.Length + plan.SwapIns.Length;
        TokensComputed += plan.TokensTotal;
        _held += seconds * use.Held;
        _future += seconds * use.Future;
        _internal += seconds * use.Internal;
        _taken += seconds * use.Taken;
        _total += seconds * use.Total;
        _sequences += seconds * use.Sequences;
        _shared += seconds * use.BlocksShared;
        _referenced += seconds * use.BlocksReferenced;
    }

    public void Told(Decision.Emit emit, double clock)
    {
        ref var first = ref _firsts[emit.Id.Value];
        first = Math.Min(first, clock);
    }

    public void Finished(Decision.Finish finish, double clock)
    {
        OutputTokens += finish.Usage.OutputTokens;
        if (--_left[finish.Id.Value] > 0)
            return;
        _ends[finish.Id.Value] = clock;
        var arrival = trace[(int)finish.Id.Value];
        LatencySum += (clock - arrival.Second) / arrival.Request.Stop.MaxTokens;
        Finishes++;
    }

    public void Ended(double clock) => Seconds = clock;
}
