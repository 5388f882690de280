using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Those running as they will be once the step in flight has run. Whoever goes on for sure, with
/// one token, awaits it. Nothing is pending of one that draws its last token, forks or searches
/// with beams: what becomes of it is known only then, and it has no row before.
/// </summary>
internal static class Expect
{
    public static ImmutableArray<Sequence> Of(
        SchedulerConfig config, ImmutableArray<Sequence> running, StepPlan plan)
    {
        var expected = ImmutableArray.CreateBuilder<Sequence>(running.Length);
        var rows = new RowCursor(plan);
        foreach (var sequence in running)
        {
            expected.Add(rows.MoveTo(sequence.Id)
                ? sequence with
                {
                    ComputedTokens = sequence.ComputedTokens + plan.TokenCounts[rows.Row],
                    Awaits = plan.Draws[rows.Row].Count == 1 && GoesOn(config, sequence)
                        ? rows.FirstSample
                        : null,
                }
                : sequence);
        }

        return expected.MoveToImmutable();
    }

    private static bool GoesOn(SchedulerConfig config, Sequence sequence) =>
        sequence.Request.Beams is null
        && !sequence.Request.Stop.IsFull(
            sequence.OutputTokens + 1, sequence.Tokens.Count + 1, config.MaxServableLength);
}
