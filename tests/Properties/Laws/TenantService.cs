using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Laws;

/// <summary>A moment between two events of a trace.</summary>
/// <param name="Served">What each tenant was served up to it.</param>
/// <param name="Waits">Whether a tenant has a request that waits and never ran.</param>
internal sealed record ServiceMoment(long[] Served, bool[] Waits);

/// <summary>
/// A trace told tenant by tenant; empty under any policy but fair share. Tenants are numbered.
/// </summary>
internal sealed class TenantService
{
    private readonly Trace _trace;
    private readonly List<string?> _tenants;
    private readonly List<ServiceMoment> _moments = [];

    private TenantService(Trace trace)
    {
        _trace = trace;
        _tenants =
        [
            .. trace.Items
                .SelectMany(each => each.After.Unfinished())
                .Select(each => each.Request.Tenant)
                .Distinct(),
        ];
    }

    public int Tenants => _moments.Count == 0 ? 0 : _tenants.Count;

    public static TenantService Of(Trace trace)
    {
        var service = new TenantService(trace);
        if (trace.Config.Policy != SchedulingPolicy.FairShare)
            return service;
        var served = new long[service._tenants.Count];
        foreach (var transition in trace.Items)
        {
            service.Serve(transition, served);
            service._moments.Add(new ServiceMoment(
                [.. served],
                [
                    .. service._tenants.Select(tenant => transition.After.Waiting.Values.Any(each =>
                        each.Preemptions == 0 && each.Request.Tenant == tenant)),
                ]));
        }

        return service;
    }

    /// <summary>
    /// What a tenant can be served between two of its starts: its longest prompt, and the longest
    /// outputs of as many of its samples as may run at once.
    /// </summary>
    public long Bound(int tenant)
    {
        var (config, requests) = (_trace.Config, Requests(tenant));
        return (long)config.PromptTokenWeight * requests.Max(request => request.Prompt.Length)
            + (long)config.OutputTokenWeight * requests
                .SelectMany(request => Enumerable.Repeat(
                    Driver.LengthMax(config, request) - request.Prompt.Length, request.Width))
                .OrderDescending()
                .Take(config.MaxSequences)
                .Sum();
    }

    /// <summary>The longest stretches of moments of which all are such.</summary>
    public IEnumerable<IReadOnlyList<ServiceMoment>> Stretches(Func<ServiceMoment, bool> such)
    {
        for (var first = 0; first < _moments.Count; first++)
        {
            var stretch = _moments.Skip(first).TakeWhile(such).ToList();
            if (stretch.Count == 0)
                continue;
            yield return stretch;
            first += stretch.Count;
        }
    }

    private List<Request> Requests(int tenant) =>
    [
        .. _trace.Items
            .SelectMany(each => each.After.Unfinished())
            .Select(each => each.Request)
            .Where(request => request.Tenant == _tenants[tenant])
            .Distinct(),
    ];

    private void Serve(Transition transition, long[] served)
    {
        var config = transition.Config;
        foreach (var newcomer in transition.Admitted.Where(each => each.Preemptions == 0))
        {
            served[_tenants.IndexOf(newcomer.Request.Tenant)] += (long)config.PromptTokenWeight
                * (newcomer.Request.Prompt.Length - newcomer.ComputedTokens);
        }

        foreach (var emit in transition.Decisions.OfType<Decision.Emit>())
        {
            var sequence = transition.Before.Running.First(each => each.Request.Id == emit.Id);
            served[_tenants.IndexOf(sequence.Request.Tenant)] += config.OutputTokenWeight;
        }
    }
}
