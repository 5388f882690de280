namespace SkPaged.Bench.Paper;

/// <summary>A workload on a model, and for how long it runs.</summary>
/// <param name="Preset">The model and its GPUs.</param>
/// <param name="Work">What is asked for.</param>
/// <param name="Seconds">Of the trace.</param>
internal sealed record Load(Preset Preset, Workload Work, double Seconds)
{
    /// <summary>
    /// Seconds a token that a system must stay under to be said to sustain a rate: where the charts
    /// of the paper's figure 12 end.
    /// </summary>
    public const double LatencyMax = 1;

    // So much longer than its trace a run may take. Of traces of five minutes and more the latency
    // passes its limit sooner: it decides.
    private const double Patience = 4;

    // Rates are tried at such a distance until one holds and the next does not.
    private const double Stride = 1.2;

    // What is sustained to, and what is never looked for.
    private const double Precision = 1.01;
    private const double LeastShare = 0.01;

    // A run at saturation that says what is answered a second.
    private const double SaturationSeconds = 900;

    /// <summary>Of the lengths and arrivals.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How sure the model is of its tokens: of beams, see the executor.</summary>
    public double Sharpness { get; init; } = SimulatedExecutor.SharpnessDefault;

    /// <summary>Of planning a step and of its answer; 0: not counted.</summary>
    public double HostSeconds { get; init; }

    /// <summary>Requests that come at a rate, until all are answered.</summary>
    public RunTally At(ServingSystem system, double rate) =>
        Run(system, Work.Trace(rate, Seconds, Seed), Seconds * Patience, LatencyMax);

    /// <summary>Requests at a rate, until all are answered, however long that takes.</summary>
    public RunTally Overloaded(ServingSystem system, double rate) =>
        Run(system, Work.Trace(rate, Seconds, Seed), double.PositiveInfinity);

    /// <summary>Half of what a system answers at saturation: nobody has to give way.</summary>
    public RunTally Relaxed(ServingSystem system) =>
        Until(system, 0.5 * (this with { Seconds = 0.3 * Seconds }).Answered(system));

    /// <summary>
    /// Half of what a system answers at saturation, for as long as so many requests take to come.
    /// </summary>
    public IReadOnlyList<RunTally> Relaxed(
        ServingSystem system, int requests, IReadOnlyList<int> seeds)
    {
        var rate = 0.5 * Answered(system);
        return
        [
            .. seeds.Select(seed => (this with { Seconds = requests / rate, Seed = seed })
                .Until(system, rate)),
        ];
    }

    /// <summary>Requests a second that a system answers at saturation.</summary>
    public double Answered(ServingSystem system) => AnsweredOf(AtSaturation(system));

    private RunTally AtSaturation(ServingSystem system) =>
        (this with { Seconds = Math.Min(Seconds, SaturationSeconds) }).Saturated(system);

    private static double AnsweredOf(RunTally saturated) => saturated.Finishes / saturated.Seconds;

    /// <summary>Requests that come at a rate, as long as they come.</summary>
    public RunTally Until(ServingSystem system, double rate) =>
        Run(system, Work.Trace(rate, Seconds, Seed), Seconds);

    /// <summary>
    /// More requests than anybody serves, for as long as the trace: what there is at saturation.
    /// </summary>
    public RunTally Saturated(ServingSystem system) =>
        Run(system, Work.Burst((int)(Seconds * RateMax), Seed), Seconds);

    /// <summary>
    /// The greatest rate at which the normalised latency of the trace stays under
    /// <see cref="LatencyMax"/>, to 1 %, looked for around what the system answers at saturation.
    /// </summary>
    /// <remarks>
    /// The paper's measure, and no rate that lasts for ever: of a finite trace a queue may grow to
    /// its end. Where r times what is answered comes, the mean wait over T seconds is
    /// (r - 1) T / 2; 1 s a token allows a wait of nearly 1 / mean(1 / tokens of output), which is
    /// 147 s of ShareGPT's lengths, 26 s of Alpaca's. So over an hour up to 1.08 and 1.01 times
    /// what is answered is sustained, over a quarter of one 1.3 and 1.06 times, over five minutes
    /// 1.9 and 1.2 times: rates of traces of unlike lengths do not compare.
    /// </remarks>
    public double Sustained(ServingSystem system) => Searched(system).Rate;

    /// <summary>The same, and what was seen while it was looked for.</summary>
    public RateSearch Searched(ServingSystem system)
    {
        var saturated = AtSaturation(system);
        var most = AnsweredOf(saturated);
        var tried = new List<(double Rate, double Latency)>();
        var (low, high) = (most, most);
        if (Holds(most))
        {
            do
                (low, high) = (high, high * Stride);
            while (Holds(high));
        }
        else
        {
            do
                (low, high) = (low / Stride, low);
            while (low > LeastShare * most && !Holds(low));
        }

        while (high > Precision * low)
        {
            var rate = Math.Sqrt(low * high);
            (low, high) = Holds(rate) ? (rate, high) : (low, rate);
        }

        return new RateSearch(low, saturated, tried);

        bool Holds(double rate)
        {
            tried.Add((rate, At(system, rate).NormalisedLatency));
            return tried[^1].Latency <= LatencyMax;
        }
    }

    // Nobody answers more: a step takes the weights' reading at least, and runs at most as many
    // sequences as fit when each holds its prompt and half of its output.
    private double RateMax =>
        Math.Min(
            Preset.SequencesMax,
            Preset.Slots / (Work.Input.MeanDrawn + 0.5 * Work.Output.MeanDrawn))
        / (Preset.Cost.Weights * Work.Output.MeanDrawn);

    private RunTally Run(
        ServingSystem system, IReadOnlyList<Arrival> trace, double secondsMax,
        double latencyMax = double.PositiveInfinity) =>
        Drive.Run(
            system.Start(Preset),
            trace,
            new SimulatedExecutor(
                system.CopiesFused
                    ? Preset.Cost
                    : Preset.Cost with { CopyStart = Preset.CopySecondsUnfused },
                ServingSystem.Vocabulary, Sharpness,
                system.CopiesFused && Work.IsShared).Execute,
            secondsMax,
            latencyMax,
            HostSeconds);
}

/// <summary>What came of the search for a rate that a system sustains.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="Saturated">The run at saturation that it was looked for around.</param>
/// <param name="Tried">Rates and their normalised latency; infinite above the limit.</param>
internal sealed record RateSearch(
    double Rate, RunTally Saturated, IReadOnlyList<(double Rate, double Latency)> Tried);
