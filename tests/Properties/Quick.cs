using System.Collections.Immutable;
using System.Reflection;
using FsCheck.Fluent;
using SkPaged.Properties.Beams;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;
using Xunit;

namespace SkPaged.Properties;

/// <summary>
/// The whole specification in seconds: every law over the same few histories, small ones first,
/// which ends at the first law that breaks and shrinks nothing. What mutation testing runs some
/// two thousand times.
/// </summary>
public class Quick
{
    private const int Traces = 40;
    private const int BeamTraces = 20;
    private const ulong Seed = 1000;

    // Those that see most, first.
    private static readonly Type[] s_first =
        [typeof(ModelLaws), typeof(MemoryLaws), typeof(BlockLaws), typeof(PlanLaws)];

    // Nothing in the scheduler is random; the whole run replays every history all the same.
    private static readonly string[] s_left =
    [
        nameof(ValueLaws.The_same_events_give_the_same_states_and_decisions),
        nameof(ValueLaws.The_same_events_give_the_same_states_and_decisions_on_another_thread),
    ];

    [Fact]
    public void Every_law_holds_of_a_few_histories()
    {
        var laws = InOrder(LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>()));
        Assert.NotEmpty(laws);
        foreach (var workload in Samples.Of(Traces, Seed))
            Check(laws, Driver.Run(workload));
    }

    [Fact]
    public void Every_law_of_beams_holds_of_a_few_histories()
    {
        var laws = InOrder(LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>()));
        Assert.NotEmpty(laws);
        foreach (var index in Enumerable.Range(0, BeamTraces))
        {
            var size = 1 + index * 100 / BeamTraces;
            Check(laws, Driver.Run(BeamWorkloads.Any
                .Resize(size)
                .Sample(1, new FsCheck.Rnd(Seed + (ulong)index), size)[0]));
        }
    }

    private static void Check(ImmutableArray<MethodInfo> laws, Trace trace)
    {
        foreach (var law in laws)
            LawBook.Check(law, trace);
    }

    private static ImmutableArray<MethodInfo> InOrder(IEnumerable<MethodInfo> laws) =>
    [
        .. laws
            .Where(law => !s_left.Contains(law.Name))
            .OrderBy(law => Array.IndexOf(s_first, law.DeclaringType) is >= 0 and var place
                ? place
                : s_first.Length)
            .ThenBy(law => law.Name, StringComparer.Ordinal),
    ];
}
