using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>A step behind one whose tokens are still to come.</summary>
public sealed partial class NaiveEngine
{
    private StepPlan? _ahead;

    // Everybody stands where the step in flight will leave him; then back again.
    private List<Decision> PlanAhead()
    {
        var (sample, before, order) = (0, _inFlight!, _running.ToList());
        for (var i = 0; i < before.Rows; i++)
        {
            if (_running.SingleOrDefault(row => row.Id == before.Sequences[i].Value) is { } row)
            {
                row.Computed += before.TokenCounts[i];
                row.Awaits = before.Draws[i].Count == 1 && row.GoesOn(config) ? sample : null;
            }

            sample += before.Draws[i].Count;
        }

        var decisions = FitsAhead() ? Plan() : [];
        if (decisions.Count == 0)
        {
            _running.Clear();
            _running.AddRange(order);
        }

        foreach (var row in _running)
        {
            var at = before.Sequences.IndexOf(new SequenceId(row.Id));
            row.Computed -= at < 0 ? 0 : before.TokenCounts[at];
            row.Awaits = null;
        }

        return decisions;
    }

    // Nobody may have to give way.
    private bool FitsAhead()
    {
        var (need, left) = (0, config.MaxBatchedTokens);
        foreach (var group in _policy.Order(_running).GroupBy(row => row.Request.Id))
        {
            need += Need([.. group], left);
            var isHeldBack = IsHeldBack(group.Count(), group.First(), left);
            foreach (var row in isHeldBack ? [] : group.ToList())
                left -= Share(row, left);
        }

        return need <= _free.Count + _idle.Count;
    }
}
