using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Those running as they will be once the step in flight has run. Whoever goes on for sure, with
/// one token, awaits it. Nothing is pending of one that draws its last token, forks or searches
/// with beams: what becomes of it is known only then, and it has no row before.
/// </summary>
internal static class Expect
{
    public static void Apply(
        SchedulerConfig config, ImmutableArray<Sequence>.Builder running, StepPlan plan)
    {
        var rows = new RowCursor(plan);
        for (var index = 0; index < running.Count; index++)
        {
            var sequence = running[index];
            if (!rows.MoveTo(sequence.Id))
                continue;
            running[index] = sequence with
            {
                ComputedTokens = sequence.ComputedTokens + plan.TokenCounts[rows.Row],
                Awaits = plan.Draws[rows.Row].Count == 1 && GoesOn(config, sequence)
                    ? rows.FirstSample
                    : null,
            };
        }
    }

    private static bool GoesOn(SchedulerConfig config, Sequence sequence) =>
        (sequence.IsSingle || sequence.Request.Beams is null)
        && !sequence.IsFull(sequence.Tokens.Count + 1, config.MaxServableLength);
}
