using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties;

/// <summary>What makes policies hard, for <see cref="Coverage"/>.</summary>
internal static class PolicyCases
{
    public static Dictionary<string, (double ShareMin, Func<Transition, bool> Occurs)> All
    { get; } = new()
    {
        ["those running are put in order"] = (0.05, step => step.Planned is not null
            && !Order.Of(step.Config, step.Before.Running).SequenceEqual(step.Before.Running)),
        ["one that runs gets no row"] =
            (0.01, step => step.Planned?.Rows < step.After.Running.Length),
        ["overtaken by a higher priority"] = (0.05, step => step.Started.Any(newcomer =>
            step.After.Waiting.Values.Any(waiting => waiting.Id.Value < newcomer.Id.Value
                && waiting.Request.Priority > newcomer.Request.Priority))),
        ["a victim of lower priority though it arrived earlier"] = (0.03, step =>
            step.Preempted.Any(victim => step.After.Running.Any(running =>
                victim.Id.Value < running.Id.Value))),
        ["of one priority the earlier starts"] = (0.05, step =>
            step.Config.Policy == SchedulingPolicy.Priority
            && step.Started.Any(newcomer => step.After.Waiting.Values.Any(waiting =>
                waiting.Request.Priority == newcomer.Request.Priority))),
        ["a tenant is lifted"] = (0.05, step => step.Event is Event.Submitted(var request)
            && step.After.Service(request.Tenant) > step.Before.Service(request.Tenant)),
        ["a tenant comes back with a debt"] = (0.005, step =>
            step.Event is Event.Submitted(var request)
            && step.After.Turns is FairTurns turns
            && !step.Before.Unfinished().Any(each => each.Request.Tenant == request.Tenant)
            && turns.Shares.Any(each => each.Key.Key != request.Tenant && each.Value.Waits)
            && step.After.Service(request.Tenant) > turns.Level),
        ["a tenant is forgotten"] = (0.05, step =>
            step.Before.Turns is FairTurns before && step.After.Turns is FairTurns after
            && before.Shares.Keys.Except(after.Shares.Keys).Any()),
        ["tenants interleave"] = (0.05, step =>
            step.Config.Policy == SchedulingPolicy.FairShare
            && step.Started.Any(newcomer => step.After.Waiting.Values.Any(waiting =>
                waiting.Id.Value < newcomer.Id.Value
                && waiting.Request.Tenant != newcomer.Request.Tenant))),
        ["who gave way comes back before another tenant's first"] = (0.03, step =>
            step.Config.Policy == SchedulingPolicy.FairShare
            && step.Started.Any(sequence => sequence.Preemptions > 0)
            && step.Before.Waiting.Values.Any(waiting => waiting.Preemptions == 0)),
    };
}
