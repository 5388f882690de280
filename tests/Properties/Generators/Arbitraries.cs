using FsCheck;
using FsCheck.Fluent;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Generators;

/// <summary>
/// What FsCheck makes for the parameters of laws. Histories shrink through the workload: a smaller
/// history is the history of a smaller workload, never a history with holes.
/// </summary>
public static class Arbitraries
{
    public static Arbitrary<Workload> AnyWorkload() => Arb.From(Workloads.Any, Workloads.Shrink);

    public static Arbitrary<Trace> AnyTrace() =>
        Arb.From(
            Workloads.Any.Select(Driver.Run),
            trace => Workloads.Shrink(trace.Workload).Select(Driver.Run));

    public static Arbitrary<Transitions> AnyTransitions() =>
        Arb.From(
            Workloads.Any.Select(workload => Driver.Run(workload).Transitions),
            transitions => transitions.Source is { } workload
                ? Workloads.Shrink(workload).Select(smaller => Driver.Run(smaller).Transitions)
                : []);

    public static Arbitrary<Ask> AnyAsk() => Arb.From(Asks.Any, Asks.Shrink);
}
