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

    // So much longer than its trace a run may take; then what is left never ends.
    private const double Patience = 1.5;

    /// <summary>How sure the model is of its tokens: of beams, see the executor.</summary>
    public double Sharpness { get; init; } = SimulatedExecutor.SharpnessDefault;

    /// <summary>Of planning a step and of its answer; 0: not counted.</summary>
    public double HostSeconds { get; init; }

    /// <summary>Requests that come at a rate, until all are answered.</summary>
    public RunTally At(ServingSystem system, double rate) =>
        Run(system, Work.Trace(rate, Seconds), Seconds * Patience, LatencyMax);

    /// <summary>Requests at a rate, until all are answered, however long that takes.</summary>
    public RunTally Overloaded(ServingSystem system, double rate) =>
        Run(system, Work.Trace(rate, Seconds), double.PositiveInfinity);

    /// <summary>Half of what a system answers at saturation: nobody has to give way.</summary>
    public RunTally Relaxed(ServingSystem system)
    {
        var saturated = (this with { Seconds = 0.3 * Seconds }).Saturated(system);
        return Until(system, 0.5 * saturated.Finishes / saturated.Seconds);
    }

    /// <summary>Requests that come at a rate, as long as they come.</summary>
    public RunTally Until(ServingSystem system, double rate) =>
        Run(system, Work.Trace(rate, Seconds), Seconds);

    /// <summary>
    /// More requests than anybody serves, for as long as the trace: what there is at saturation.
    /// </summary>
    public RunTally Saturated(ServingSystem system) =>
        Run(system, Work.Burst((int)(Seconds * RateMax)), Seconds);

    /// <summary>
    /// The greatest rate at which the normalised latency stays under <see cref="LatencyMax"/>, to
    /// 1 %, by halving around what the system answers at saturation.
    /// </summary>
    public double Sustained(ServingSystem system) => SustainedWith(system).Rate;

    /// <summary>The same, and the run at saturation that it was looked for around.</summary>
    public (double Rate, RunTally Saturated) SustainedWith(ServingSystem system)
    {
        var saturated = Saturated(system);
        var most = saturated.Finishes / saturated.Seconds;
        var (low, high) = (0.1 * most, 1.6 * most);
        while (high > 1.01 * low)
        {
            var rate = Math.Sqrt(low * high);
            (low, high) = At(system, rate).NormalisedLatency <= LatencyMax
                ? (rate, high)
                : (low, rate);
        }

        return (low, saturated);
    }

    // Nobody answers more: a step takes the weights' reading at least, and runs at most as many
    // sequences as fit when each holds its prompt and half of its output.
    private double RateMax =>
        Math.Min(
            Preset.SequencesMax,
            Preset.Slots / (Work.Input.MeanDrawn + 0.5 * Work.OutputMean))
        / (Preset.Cost.Weights * Work.OutputMean);

    private RunTally Run(
        ServingSystem system, IReadOnlyList<Arrival> trace, double secondsMax,
        double latencyMax = double.PositiveInfinity) =>
        Drive.Run(
            system.Start(Preset),
            trace,
            new SimulatedExecutor(Preset.Cost, ServingSystem.Vocabulary, Sharpness).Execute,
            secondsMax,
            latencyMax,
            HostSeconds);
}
