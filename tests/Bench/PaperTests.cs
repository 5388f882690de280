using LanguageExt;
using SkPaged.Bench.Paper;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Bench.Tests;

/// <summary>
/// The paper's evaluation on short traces: what must hold of every version. Then the same of
/// schedulers that are broken on purpose, which must not pass.
/// </summary>
public class PaperTests
{
    private static readonly PaperScale s_scale = new(300, IsQuick: true);

    // A queue that lasts a quarter of an hour is a quarter over what is answered at the most.
    private static readonly PaperScale s_longer = new(900, IsQuick: true);

    [Fact]
    public void The_cache_holds_as_many_tokens_as_it_must() =>
        AssertAll(OfMemory(ServingSystem.Ours, ServingSystem.OrcaOracle));

    [Fact]
    public void Rates_are_in_the_papers_order_and_ranges() =>
        AssertAll(Expectations.OfRates(
            s_longer, ServingSystem.Ours, ServingSystem.OrcaOracle, ServingSystem.OrcaPow2,
            ServingSystem.OrcaMax));

    [Fact]
    public void Sharing_saves_as_much_as_it_must() =>
        AssertAll(Expectations.OfSharing(s_scale, ServingSystem.OursSwapping));

    [Fact]
    public void A_scheduler_that_keeps_a_fifth_of_the_pool_back_breaks_an_expectation() =>
        Assert.Contains(
            OfMemory(
                ServingSystem.Paged("hoarder", config => config with { Watermark = 0.2 }),
                ServingSystem.OrcaOracle),
            one => !one.Holds && one.What.EndsWith("wanted 96.30 to 100.00"));

    [Fact]
    public void A_scheduler_with_blocks_that_are_too_large_breaks_an_expectation() =>
        Assert.Contains(
            OfMemory(
                ServingSystem.Paged("coarse", config => config, blockSize: 256),
                ServingSystem.OrcaOracle),
            one => !one.Holds && one.What.EndsWith("wanted 96.30 to 100.00"));

    [Fact]
    public void An_allocator_that_leaks_a_block_at_each_end_breaks_an_expectation() =>
        Assert.Contains(
            OfMemory(
                ServingSystem.Ours,
                new ServingSystem("leaks", preset => new Leaks(
                    (ReservedServing)ServingSystem.OrcaOracle.Start(preset)))),
            one => !one.Holds);

    [Fact]
    public void A_scheduler_that_shares_nothing_breaks_an_expectation() =>
        Assert.Contains(
            Expectations.OfSharing(
                s_scale,
                new ServingSystem(
                    "alone", preset => new Alone(ServingSystem.OursSwapping.Start(preset)))),
            one => !one.Holds);

    private static IReadOnlyList<Expectation> OfMemory(
        ServingSystem ours, ServingSystem oracle) =>
        Expectations.OfMemory(
            s_scale, ours, oracle, ServingSystem.OrcaPow2, ServingSystem.OrcaMax);

    internal static void AssertAll(IReadOnlyList<Expectation> all) =>
        Assert.True(
            all.All(one => one.Holds),
            string.Join(Environment.NewLine, all.Where(one => !one.Holds)));

    // Whenever chunks come back, one block of them does not.
    private sealed record Leaks(ReservedServing Serving) : IServing
    {
        public KvUse Use => Serving.Use;

        public (IServing Next, Seq<Decision> Decisions) Step(Event evt)
        {
            var (next, decisions) = Serving.Step(evt);
            var reserved = (ReservedServing)next;
            var leaked = reserved.Region.Free > Serving.Region.Free
                && reserved.Region.Free > ServingSystem.LengthMax / 16
                && reserved.Region.Take(1) is { } taken
                ? reserved with { Region = taken.Next }
                : reserved;
            return (new Leaks(leaked), decisions);
        }
    }

    // Asks for one sample, whatever was asked for, and tells the same of all.
    private sealed record Alone(IServing Serving) : IServing
    {
        public KvUse Use => Serving.Use;

        public (IServing Next, Seq<Decision> Decisions) Step(Event evt)
        {
            var (next, decisions) = Serving.Step(evt is Event.Submitted submitted
                ? new Event.Submitted(submitted.Request with { Samples = 1, Beams = null })
                : evt);
            return (new Alone(next), decisions);
        }

        public void RetireFor(IServing next) => Serving.RetireFor(((Alone)next).Serving);
    }
}
