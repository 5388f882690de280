namespace SkPaged.Bench.Paper;

/// <summary>How long traces are, and how many runs go side by side.</summary>
/// <param name="Seconds">Of a trace's clock.</param>
/// <param name="IsQuick">Whether to leave out all but the smallest of a kind.</param>
internal sealed record PaperScale(double Seconds, bool IsQuick)
{
    /// <summary>Runs that go side by side.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>
    /// An hour of ShareGPT's lengths, and a quarter of one for OPT-175B, as in the paper; a quarter
    /// where more requests come, which changes little (<see cref="Load.Sustained"/>).
    /// </summary>
    public double SecondsOf(Preset preset, Workload work) =>
        preset == Preset.Opt175B || work != Workload.ShareGpt ? ShorterSeconds : Seconds;

    /// <summary>A quarter of an hour at most.</summary>
    public double ShorterSeconds => Math.Min(900, Seconds);

    /// <summary>Of many sequences a request: five minutes at most.</summary>
    public double SharingSeconds => Math.Min(300, Seconds);

    /// <summary>
    /// Of the lengths and arrivals of what is told most of: rates differ from one to the next.
    /// </summary>
    public IReadOnlyList<int> Seeds => IsQuick ? [1] : [1, 2, 3];

    /// <summary>Traces of an hour, as in the paper.</summary>
    public static PaperScale Full { get; } = new(3600, IsQuick: false);

    /// <summary>Traces of a quarter of an hour.</summary>
    public static PaperScale Quick { get; } = new(900, IsQuick: true);

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
