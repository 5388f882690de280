using System.Reflection;
using SkPaged.Properties.Generators;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SkPaged.Properties.Mutants;

/// <summary>
/// Do the laws bite? Each mutant is the scheduler with one bug; the laws named beside it must
/// catch it. And each law must catch a mutant, or it says nothing.
/// </summary>
public class MutantTests(ITestOutputHelper output)
{
    private const int TracesMax = 400;

    private static readonly Dictionary<string, Mutant> s_mutants =
        new[]
        {
            LimitMutants.All,
            BlockMutants.All,
            OrderMutants.All,
            PolicyMutants.All,
            PreemptionMutants.All,
            AnswerMutants.All,
            PlanMutants.All,
            PrefixCacheMutants.All,
            ForkMutants.All,
            BeamMutants.All,
            SwapMutants.All,
            LookAheadMutants.All,
        }
        .SelectMany(mutants => mutants)
        .ToDictionary(mutant => mutant.Name);

    private static readonly Dictionary<string, MethodInfo> s_laws =
        LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>()).ToDictionary(law => law.Name);

    private static readonly Lazy<IReadOnlyList<Workload>> s_workloads =
        new(() => [.. Samples.Of(TracesMax, seed: 2).Reverse()]);

    /// <summary>The mutant of that name.</summary>
    internal static Mutant Named(string name) => s_mutants[name];

    public static TheoryData<string> Names => [.. s_mutants.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_laws_catch_the_mutant_in_which(string name)
    {
        var mutant = s_mutants[name];
        Assert.All(mutant.CaughtBy, law =>
        {
            var traces = s_workloads.Value.Select(workload => Run(workload, mutant));
            var (index, caught) = traces.Index().FirstOrDefault(pair => Breaks(law, pair.Item));
            Assert.True(caught is not null, $"{law} holds of {TracesMax} traces");
            output.WriteLine($"{law} catches it in trace {index + 1}");
        });
    }

    [Fact]
    public void Every_law_catches_a_mutant() =>
        Assert.Empty(s_laws.Keys.Except(s_mutants.Values.SelectMany(mutant => mutant.CaughtBy)));

    // A mutant may stumble over its own bug; the laws are asked of what came before.
    private static Trace Run(Workload workload, Mutant mutant) =>
        Driver.RunWhileItGoes(workload, mutant.Make());

    private static bool Breaks(string law, Trace trace)
    {
        try
        {
            LawBook.Check(s_laws[law], trace);
            return false;
        }
        catch (Exception broken) when (broken is LawBrokenException or XunitException)
        {
            return true;
        }
#pragma warning disable CA1031 // a law that stumbles has not caught anything
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
