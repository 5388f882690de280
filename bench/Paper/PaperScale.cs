namespace SkPaged.Bench.Paper;

/// <summary>How long traces are, and how many runs go side by side.</summary>
/// <param name="Seconds">Of a trace's clock.</param>
/// <param name="IsQuick">Whether to leave out all but the smallest of a kind.</param>
internal sealed record PaperScale(double Seconds, bool IsQuick)
{
    /// <summary>Runs that go side by side.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>
    /// An hour for what the paper tells most of; a quarter of one, as its 175B, for the others, and
    /// five minutes where many short requests come.
    /// </summary>
    public double SecondsOf(Preset preset, Workload work) =>
        work != Workload.ShareGpt ? SharingSeconds
        : preset == Preset.Opt13B ? Seconds
        : ShorterSeconds;

    /// <summary>Where many requests a second come: a quarter of an hour at most.</summary>
    public double ShorterSeconds => Math.Min(900, Seconds);

    /// <summary>Where many short requests come: five minutes at most.</summary>
    public double SharingSeconds => Math.Min(300, Seconds);

    /// <summary>Traces of an hour, as in the paper.</summary>
    public static PaperScale Full { get; } = new(3600, IsQuick: false);

    /// <summary>Traces of ten minutes.</summary>
    public static PaperScale Quick { get; } = new(600, IsQuick: true);

    /// <summary>What <paramref name="run"/> gives for each, in order; two run at once.</summary>
    public IReadOnlyList<TResult> Each<T, TResult>(IReadOnlyList<T> cases, Func<T, TResult> run)
    {
        var results = new TResult[cases.Count];
        Parallel.For(
            0, cases.Count, new ParallelOptions { MaxDegreeOfParallelism = Threads },
            index => results[index] = run(cases[index]));
        return results;
    }
}
