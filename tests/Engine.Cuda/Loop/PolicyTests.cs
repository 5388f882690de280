using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Priority and tenant of a request reach the scheduler and do what it says.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task Under_priority_the_lower_number_starts_first() =>
        Assert.Equal(
            [1, 3, 4, 2],
            await Starts(
                SchedulingPolicy.Priority,
                new() { Priority = 9 },
                new() { Priority = 5 },
                new() { Priority = -1 },
                new() { Priority = -1 }));

    [Fact]
    public async Task Under_fair_share_the_tenant_that_was_served_least_starts_first() =>
        Assert.Equal(
            [1, 4, 2, 3],
            await Starts(
                SchedulingPolicy.FairShare,
                new() { Tenant = "many" },
                new() { Tenant = "many" },
                new() { Tenant = "many" },
                new() { Tenant = "few" }));

    [Fact]
    public async Task A_priority_that_nobody_asked_for_is_refused_by_its_name()
    {
        var config = Requests.Config();
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        var refused = await Assert.ThrowsAsync<RequestRejectedException>(() =>
            loop.Submit(
                Requests.Prompt(3), SamplingParams.Greedy, new(), new() { Priority = 1 })
                .ReadToEnd());
        Assert.StartsWith(
            "priority is 1; it must be 0 under any policy but priority.", refused.Message,
            StringComparison.Ordinal);
    }

    // Which requests start in which order, one at a time, all of them there before the first has
    // ended. A request's number is the length of its prompt.
    private static async Task<List<int>> Starts(
        SchedulingPolicy policy, params SubmitOptions[] requests)
    {
        var config = Requests.Config() with { MaxSequences = 1, Policy = policy };
        using var turnstile = new Turnstile();
        var rows = new List<int>();
        using var executor = new SlotExecutor(config)
        {
            Before = plan =>
            {
                rows.Add(plan.PromptCounts[0]);
                turnstile.Pass(plan);
            },
        };
        using var loop = new EngineLoop(config, executor);
        var generations = new List<Generation>();
        foreach (var (index, options) in requests.Index())
        {
            generations.Add(loop.Submit(
                Requests.Prompt(index + 1),
                SamplingParams.Greedy,
                new StopRule { MaxTokens = 3 },
                options));
            if (index == 0)
                await turnstile.Arrival();
        }

        turnstile.Open();
        foreach (var generation in generations)
            await generation.ReadToEnd().WaitAsync(Waits.Long);
        return [.. rows.Distinct()];
    }
}
