using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>What the paper's engine did not have, on the same model and measures.</summary>
internal static class BeyondFigure
{
    public static ServingSystem Cached { get; } =
        ServingSystem.Paged("prefix cache", config => config with { PrefixCaching = true });

    public static ServingSystem Fair { get; } = ServingSystem.Paged(
        "fair share", config => config with { Policy = SchedulingPolicy.FairShare });

    public static ServingSystem Ahead { get; } =
        ServingSystem.Paged("look-ahead", config => config with { LookAhead = true });

    public static IReadOnlyList<ServingSystem> Budgets { get; } =
    [
        Budget("whole prompts", 1 << 20), Budget("2,560 tokens a step", 2560),
        Budget("256 tokens a step", 256),
    ];

    public static Load AgentsLoad(PaperScale scale) =>
        new(Preset.Opt13B, Workload.Agents, scale.ShorterSeconds);

    public static Load DocumentsLoad(PaperScale scale) =>
        new(Preset.Opt13B, Workload.Documents, scale.ShorterSeconds);

    public static Load TenantsLoad(PaperScale scale) =>
        new(Preset.Opt13B, Workload.ShareGpt with { FewEvery = 10 }, scale.ShorterSeconds);

    public static Load HostLoad(PaperScale scale) =>
        new(Preset.Opt13B, Workload.ShareGpt, scale.ShorterSeconds) { HostSeconds = 1e-3 };

    private static ServingSystem Budget(string name, int tokens) => ServingSystem.Paged(
        name, config => config with { MaxBatchedTokens = tokens });

    public static FigureResult Run(PaperScale scale) => new(
        "beyond", "what the paper's engine did not have",
        [
            .. Prefixes(scale), .. Chunks(scale), .. Fairness(scale), .. LookAhead(scale),
            .. H200(scale),
        ],
        BeyondCurves.Of(scale));

    // An 8B model on a card of today: whether memory limits anybody depends on the length that a
    // sequence may have.
    private static IEnumerable<Claim> H200(PaperScale scale)
    {
        var load = new Load(Preset.Llama8BOnH200, Workload.ShareGpt, scale.SharingSeconds);
        var longer = load with { Preset = load.Preset with { LengthMax = 131_072 } };
        var runs = scale.Each(
            [
                (load, ServingSystem.Ours), (load, ServingSystem.OrcaMax),
                (longer, ServingSystem.OrcaMax),
            ],
            one => one.Item1.Saturated(one.Item2));
        yield return new Claim(
            "Llama-3.1-8B on an H200, at most 256 sequences: output tokens/s, SkPaged / Orca "
                + "(Max) that reserves 2,048 tokens",
            runs[0].Throughput / runs[1].Throughput, Unit: "x");
        yield return new Claim(
            $"the same that reserves the model's 131,072 and runs {runs[2].Sequences:N1} at once",
            runs[0].Throughput / runs[2].Throughput, Unit: "x");
    }

    // A preamble of 1,024 tokens that all agents have.
    private static IEnumerable<Claim> Prefixes(PaperScale scale)
    {
        var load = AgentsLoad(scale);
        ServingSystem[] systems = [Cached, ServingSystem.Ours, ServingSystem.OrcaOracle];
        var rates = scale.Each(systems, load.Sustained);
        yield return new Claim(
            $"agents behind 1,024 tokens: prefix cache {rates[0]:N2} / none {rates[1]:N2} "
                + "requests/s", rates[0] / rates[1], Unit: "x");
        yield return new Claim(
            $"the same / Orca (Oracle) {rates[2]:N2} requests/s", rates[0] / rates[2], Unit: "x");
    }

    // One rate for all: what whole prompts in one step do to those that decode beside them.
    private static IEnumerable<Claim> Chunks(PaperScale scale)
    {
        var load = DocumentsLoad(scale);
        var systems = Budgets;
        var rate = 0.8 * load.Sustained(systems[0]);
        var runs = scale.Each(systems, system => load.At(system, rate));
        foreach (var (index, run) in runs.Index())
        {
            yield return new Claim(
                $"documents, {rate:N2} requests/s, {systems[index].Name}: p99 step, ms",
                1000 * run.StepSeconds(0.99));
            yield return new Claim(
                $"documents, {systems[index].Name}: p50 to the first token, s",
                run.FirstToken(0.5));
        }
    }

    // One request in ten is of a tenant that asks for little; all together ask for too much.
    private static IEnumerable<Claim> Fairness(PaperScale scale)
    {
        var load = TenantsLoad(scale);
        var rate = 1.5 * load.Answered(ServingSystem.Ours);
        ServingSystem[] systems = [ServingSystem.Ours, Fair];
        var runs = scale.Each(systems, system => load.Overloaded(system, rate));
        foreach (var (index, run) in runs.Index())
        {
            var name = index == 0 ? "first come, first served" : "fair share";
            yield return new Claim(
                $"1.5 times too much, {name}: s a token of the tenant with a tenth of it",
                run.LatencyOf(request => request.Tenant is not null));
            yield return new Claim(
                $"the same, {name}: of the other tenant",
                run.LatencyOf(request => request.Tenant is null));
        }
    }

    // A millisecond of the host's between steps, as where the loop and its caller share cores.
    private static IEnumerable<Claim> LookAhead(PaperScale scale)
    {
        var load = HostLoad(scale);
        ServingSystem[] systems = [ServingSystem.Ours, Ahead];
        var rates = scale.Each(systems, load.Sustained);
        yield return new Claim(
            $"1 ms of the host's a step: look-ahead {rates[1]:N3} / none {rates[0]:N3} requests/s",
            rates[1] / rates[0], Unit: "x");
    }
}
