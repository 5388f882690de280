using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>What the paper's engine did not have, on its axes: latency by request rate.</summary>
internal static class BeyondCurves
{
    private static readonly double[] s_shares = [0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.2];

    public static IReadOnlyList<Chart> Of(PaperScale scale) =>
    [
        Systems(
            "agents behind 1,024 tokens", BeyondFigure.AgentsLoad(scale),
            [BeyondFigure.Cached, ServingSystem.Ours, ServingSystem.OrcaOracle], scale),
        Steps(BeyondFigure.DocumentsLoad(scale), scale),
        Tenants(BeyondFigure.TenantsLoad(scale), scale),
        Systems(
            "1 ms of the host's a step", BeyondFigure.HostLoad(scale),
            [ServingSystem.Ours, BeyondFigure.Ahead], scale),
    ];

    // Each at shares of what it answers itself.
    private static Chart Systems(
        string title, Load load, IReadOnlyList<ServingSystem> systems, PaperScale scale)
    {
        var answered = scale.Each(systems, load.Answered);
        return Curves.Of(
            title,
            [
                .. systems.Zip(answered, (system, most) => (
                    system == ServingSystem.Ours ? "without" : system.Name,
                    (Func<double, double>)(rate => load.At(system, rate).NormalisedLatency),
                    Shares(most))),
            ],
            scale);
    }

    // What whole prompts do is seen in the longest steps, which is what a reader waits for.
    private static Chart Steps(Load load, PaperScale scale)
    {
        var rates = Shares(load.Answered(BeyondFigure.Budgets[0]));
        return Curves.Of(
            "documents: the wait that 1 % of steps exceed",
            [
                .. BeyondFigure.Budgets.Select(system => (
                    system.Name,
                    (Func<double, double>)(rate => load.Until(system, rate).StepSeconds(0.99)),
                    rates)),
            ],
            scale) with
        {
            Y = "seconds of a step",
            YMax = null,
        };
    }

    private static Chart Tenants(Load load, PaperScale scale)
    {
        (string Name, ServingSystem System, bool IsFew)[] lines =
        [
            ("few, fair share", BeyondFigure.Fair, true),
            ("few, without", ServingSystem.Ours, true),
            ("many, fair share", BeyondFigure.Fair, false),
            ("many, without", ServingSystem.Ours, false),
        ];
        var most = load.Answered(ServingSystem.Ours);
        return Curves.Of(
            "two tenants, one asks for a tenth",
            [
                .. lines.Select(line => (
                    line.Name,
                    (Func<double, double>)(rate => load.Overloaded(line.System, rate)
                        .LatencyOf(request => request.Tenant is not null == line.IsFew)),
                    Shares(most))),
            ],
            scale);
    }

    private static IReadOnlyList<double> Shares(double most) =>
        [.. s_shares.Select(share => share * most)];
}
