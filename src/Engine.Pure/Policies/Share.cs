using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>What a tenant got, and what of its own has never run.</summary>
/// <param name="Service">Its counter: tokens served, weighted; compared, never told.</param>
/// <param name="Newcomers">Its sequences that wait and never ran, in order of arrival.</param>
internal sealed record Share(long Service, ImmutableSortedSet<SequenceId> Newcomers)
{
    public static Share None { get; } =
        new(0, ImmutableSortedSet.Create<SequenceId>(ArrivalOrder.Instance));

    /// <summary>Whether the tenant contends for a start.</summary>
    public bool Waits => !Newcomers.IsEmpty;

    public Share With(SequenceId newcomer) => this with { Newcomers = Newcomers.Add(newcomer) };

    public Share Without(SequenceId newcomer) =>
        this with { Newcomers = Newcomers.Remove(newcomer) };
}

/// <summary>Who shares with whom.</summary>
/// <param name="Key"><see cref="Request.Tenant"/>; null is a tenant too.</param>
internal readonly record struct Tenant(string? Key)
{
    public static Tenant Of(Sequence sequence) => new(sequence.Request.Tenant);
}

internal sealed class TenantOrder : IComparer<Tenant>
{
    public static TenantOrder Instance { get; } = new();

    public int Compare(Tenant x, Tenant y) => string.CompareOrdinal(x.Key, y.Key);
}
