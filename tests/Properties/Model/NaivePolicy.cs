using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>
/// Whose turn it is, found by looking at everybody; and a plain table of what each tenant got.
/// </summary>
internal sealed class NaivePolicy(SchedulerConfig config)
{
    private readonly Dictionary<string, long> _served = [];
    private long _level;

    /// <summary>Those running as they get their tokens.</summary>
    public List<Row> Order(IEnumerable<Row> running) =>
        [.. running.OrderBy(Urgency).ThenBy(row => row.Id)];

    /// <summary>Who starts next of those waiting, of whom there is one.</summary>
    public Row Next(List<Row> waiting) =>
        config.Policy != SchedulingPolicy.FairShare ? Order(waiting)[0]
        : waiting.Exists(row => row.Preemptions > 0)
            ? waiting.Where(row => row.Preemptions > 0).MinBy(row => row.Id)!
        : waiting.MinBy(row => (_served[Tenant(row)], row.Id))!;

    /// <summary>A newcomer will wait beside those waiting and running now.</summary>
    public void Arrive(Row newcomer, List<Row> waiting, List<Row> running)
    {
        var newcomers = waiting.Where(row => row.Preemptions == 0).Select(Tenant).ToList();
        if (newcomers.Contains(Tenant(newcomer)))
            return;
        var active = waiting.Concat(running).Select(Tenant).ToList();
        // Where nobody contends a debt is nobody's loss.
        foreach (var tenant in newcomers.Count > 0 ? [] : _served.Keys.Except(active).ToList())
            _served.Remove(tenant);
        _level = newcomers.Select(tenant => _served[tenant]).DefaultIfEmpty(_level).Min();
        _served[Tenant(newcomer)] =
            Math.Max(_served.GetValueOrDefault(Tenant(newcomer)), _level);
    }

    /// <summary>One that waited runs, with the blocks that it shares.</summary>
    public void Start(Row row)
    {
        if (row.Preemptions > 0)
            return;
        _level = _served[Tenant(row)];
        _served[Tenant(row)] +=
            (long)config.PromptTokenWeight * (row.Tokens.Count - row.Computed);
    }

    /// <summary>A token was drawn for it.</summary>
    public void Draw(Row row) => _served[Tenant(row)] += config.OutputTokenWeight;

    private int Urgency(Row row) =>
        config.Policy == SchedulingPolicy.Priority ? row.Request.Priority : 0;

    private static string Tenant(Row row) =>
        row.Request.Tenant is { } tenant ? $"'{tenant}'" : "no tenant";
}
