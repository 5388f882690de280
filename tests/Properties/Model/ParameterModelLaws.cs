using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Model;

/// <summary>What a request is told, against the table of <see cref="NaiveParameters"/>.</summary>
public class ParameterModelLaws(ITestOutputHelper output)
{
    private const int Asks = 4_000;

    // Each name, and whether a search can make the value wrong beside being out of its range.
    private static readonly (string Name, bool InSearch)[] s_names =
    [
        ("temperature", true), ("top_k", true), ("top_p", true), ("min_p", true),
        ("repetition_penalty", false), ("presence_penalty", false),
        ("frequency_penalty", false), ("logprobs", true), ("logit_bias token", false),
        ("logit_bias of", false), ("max_tokens", false), ("min_tokens", false),
        ("stop token", false), ("length of cache_salt", false), ("length of tenant", false),
        ("n", true), ("best_of", true), ("beam_width", false), ("length_penalty", false),
        ("early_stopping", false), ("priority", false),
    ];

    [Law]
    public static void The_naive_engine_takes_the_same_requests_and_tells_the_same_of_the_others(
        Ask[] asks) =>
        Assert.All(asks, ask =>
        {
            var submitted = new Event.Submitted(ask.Request);
            var (_, decisions) = Scheduler.Step(
                ask.Config, SchedulerState.Initial(ask.Config), submitted);
            Assert.Equal(new NaiveEngine(ask.Config).Step(submitted), decisions);
        });

    [Fact]
    public void Each_value_is_wrong_in_some_requests_by_itself_and_in_a_search()
    {
        var asks = Model.Asks.Any.Sample(Asks, new FsCheck.Rnd(1), size: 50);
        var told = asks
            .SelectMany(ask => new NaiveEngine(ask.Config).Step(new Event.Submitted(ask.Request)))
            .OfType<Decision.Reject>()
            .Select(reject => reject.Why)
            .ToList();
        output.WriteLine($"{Asks - told.Count} of {Asks} are taken");
        Assert.InRange(told.Count, Asks / 10, Asks * 9 / 10);
        var errors = told.OfType<Rejection.ParametersInvalid>()
            .SelectMany(why => why.Errors)
            .ToLookup(error => error.Expected.Contains("beam_width", StringComparison.Ordinal));
        Assert.All(s_names, each =>
        {
            Assert.Contains(errors[false], error =>
                error.Name.StartsWith(each.Name, StringComparison.Ordinal));
            Assert.Equal(each.InSearch, errors[true].Any(error => error.Name == each.Name));
        });
    }
}
