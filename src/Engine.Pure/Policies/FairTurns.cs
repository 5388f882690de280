using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Virtual token counters: of the tenants with newcomers, the one that was served least goes next.
/// Source: Sheng et al., OSDI '24.
/// </summary>
/// <remarks>
/// For the counter of a tenant t: Level is at most it while t has newcomers, and it is at most
/// Level + U, with U what the start of one prompt and the outputs of all that t has running can
/// come to. For t starts only when its counter is the least of those with newcomers, which Level
/// becomes then; from there on only those outputs are added before t starts again. Hence the
/// bound of <see cref="SchedulingPolicy.FairShare"/>. Nobody starts while one that gave way waits,
/// so no more than may run at once are under way.
/// </remarks>
/// <param name="Returning">Those that gave way, in order of arrival.</param>
/// <param name="Shares">The tenants whose counter may still matter.</param>
/// <param name="Level">The least counter when somebody last started or began to wait.</param>
internal sealed record FairTurns(
    ImmutableSortedSet<SequenceId> Returning,
    ImmutableSortedDictionary<Tenant, Share> Shares,
    long Level) : Turns
{
    public static FairTurns Empty { get; } = new(
        ImmutableSortedSet.Create<SequenceId>(ArrivalOrder.Instance),
        ImmutableSortedDictionary.Create<Tenant, Share>(TenantOrder.Instance),
        Level: 0);

    public override SequenceId Next(ImmutableSortedDictionary<SequenceId, Sequence> waiting) =>
        Returning.IsEmpty ? Least!.Newcomers.Min : Returning.Min;

    // Who comes back with nothing waiting has no claim to what was served meanwhile.
    public override Turns Arrive(SchedulerState state, Sequence newcomer)
    {
        var tenant = Tenant.Of(newcomer);
        if (ShareOf(newcomer) is { Waits: true } waits)
            return With(tenant, waits.With(newcomer.Id));
        var least = Least;
        var level = least?.Service ?? Level;
        var shares = Forget(state, least is null ? long.MaxValue : level);
        var share = shares.GetValueOrDefault(tenant, Share.None);
        var lifted = share with { Service = Math.Max(share.Service, level) };
        return this with
        {
            Shares = shares.SetItem(tenant, lifted.With(newcomer.Id)),
            Level = level,
        };
    }

    public override Turns Return(Sequence victim) =>
        this with { Returning = Returning.Add(victim.Id) };

    public override Turns Leave(Sequence sequence) =>
        Returning.Contains(sequence.Id)
            ? this with { Returning = Returning.Remove(sequence.Id) }
            : With(Tenant.Of(sequence), ShareOf(sequence).Without(sequence.Id));

    // A prompt is paid for once, when it starts.
    public override Turns Admit(SchedulerConfig config, Sequence sequence)
    {
        if (Returning.Contains(sequence.Id))
            return Leave(sequence);
        var share = ShareOf(sequence);
        var prompt = (long)config.PromptTokenWeight * sequence.PendingTokens;
        return With(
            Tenant.Of(sequence),
            share.Without(sequence.Id) with { Service = share.Service + prompt }) with
        {
            Level = share.Service,
        };
    }

    // Decisions are in the order of those running, so one walk over both pairs them.
    public override Turns Charge(
        SchedulerConfig config,
        ImmutableArray<Sequence> running,
        IReadOnlyList<Decision> decisions)
    {
        var (tokens, index) = (new Dictionary<Tenant, long>(), 0);
        foreach (var decision in decisions)
        {
            if (decision is not Decision.Emit emit)
                continue;
            while (index < running.Length && running[index].Request.Id != emit.Id)
                index++;
            if (index == running.Length)
                break;
            var tenant = Tenant.Of(running[index]);
            tokens[tenant] = tokens.GetValueOrDefault(tenant) + 1;
        }

        var shares = Shares;
        foreach (var (tenant, drawn) in tokens)
        {
            var share = shares.GetValueOrDefault(tenant, Share.None);
            shares = shares.SetItem(tenant, share with
            {
                Service = share.Service + config.OutputTokenWeight * drawn,
            });
        }

        return this with { Shares = shares };
    }

    /// <summary>
    /// Of those with newcomers the tenant served least; of equals the one whose first came first.
    /// Null = nobody has any.
    /// </summary>
    private Share? Least
    {
        get
        {
            var least = default(Share);
            foreach (var (_, share) in Shares)
            {
                if (share.Waits && (least is null || IsBefore(share, least)))
                    least = share;
            }

            return least;
        }
    }

    private static bool IsBefore(Share share, Share other) =>
        (share.Service, share.Newcomers.Min.Value)
            .CompareTo((other.Service, other.Newcomers.Min.Value)) < 0;

    // A tenant with nothing unfinished is forgotten where it would start from the level anyhow,
    // and where nobody contends. So there are no more of them than requests under way, and those
    // served since the level last rose past them.
    private ImmutableSortedDictionary<Tenant, Share> Forget(SchedulerState state, long serviceMax)
    {
        bool MayGo(Share share) => !share.Waits && share.Service <= serviceMax;
        if (!Shares.Any(each => MayGo(each.Value)))
            return Shares;
        var active = state.Running
            .Concat(Returning.Select(id => state.Waiting[id]))
            .Select(Tenant.Of)
            .ToHashSet();
        return Shares.RemoveRange(Shares
            .Where(each => MayGo(each.Value) && !active.Contains(each.Key))
            .Select(each => each.Key));
    }

    private Share ShareOf(Sequence sequence) =>
        Shares.GetValueOrDefault(Tenant.Of(sequence), Share.None);

    private FairTurns With(Tenant tenant, Share share) =>
        this with { Shares = Shares.SetItem(tenant, share) };
}
