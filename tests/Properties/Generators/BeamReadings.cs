using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>
/// What becomes of beams. Their places are their ranks, which change with every step; so a beam
/// is known by its tokens, which no other beam of its search has.
/// </summary>
public static class BeamReadings
{
    /// <summary>Whether it is one of the beams that a search has behind its prompt.</summary>
    public static bool IsBeam(this Sequence sequence) => sequence.Beams is not null;

    /// <summary>Whether its request searches beams, begun or not.</summary>
    public static bool Searches(this Sequence sequence) => sequence.Request.Beams is not null;

    /// <summary>
    /// The sequence that one after the event was before it: itself; of a sample that forked that
    /// which forked; of a beam that whose tokens it goes on with. Null = it was none.
    /// </summary>
    public static Sequence? Origin(this Transition transition, Sequence after)
    {
        var before = transition.Before.Unfinished();
        return after.IsBeam()
            ? before.SingleOrDefault(each => each.Request == after.Request
                && IsBeginning(each, after))
            : before.SingleOrDefault(each => each.Id == after.Id)
                ?? before.SingleOrDefault(each =>
                    each.Width > 1 && each.Request == after.Request);
    }

    /// <summary>
    /// Whether nobody after the event goes on with the tokens of one before it, nor begins again:
    /// it is finished, or a beam that did not survive.
    /// </summary>
    public static bool Ends(this Transition transition, Sequence before) =>
        !transition.After.Unfinished().Any(after => before.IsBeam()
            ? after.Request == before.Request && (!after.IsBeam() || IsBeginning(before, after))
            : after.Id == before.Id);

    /// <summary>Whether it was a beam of a search that is but its prompt again.</summary>
    public static bool BeginsAgain(this Transition transition, Sequence before) =>
        before.IsBeam() && transition.After.Waiting.Values.Any(after =>
            after.Request == before.Request && !after.IsBeam());

    /// <summary>Whether it ran, and has to wait for its blocks.</summary>
    public static bool GivesWay(this Transition transition, Sequence before) =>
        transition.After.Waiting.ContainsKey(before.Id) || transition.BeginsAgain(before);

    /// <summary>
    /// What one that gave way waits as; of beams that begin again the sequence that all of them
    /// are.
    /// </summary>
    public static Sequence Waits(this Transition transition, Sequence victim) =>
        transition.After.Waiting[transition.BeginsAgain(victim)
            ? new SequenceId(victim.Id.Value - victim.Sample)
            : victim.Id];

    /// <summary>
    /// Whether beams have no row since there are more of them than tokens left behind the rows of
    /// all that stand before them.
    /// </summary>
    public static bool IsHeldBack(this Transition transition, StepPlan plan, Sequence beam)
    {
        if (!beam.Searches())
            return false;
        var before = Order.Of(transition.Config, transition.Before.Running)
            .TakeWhile(each => each.Request != beam.Request)
            .Select(each => plan.Sequences.IndexOf(each.Id))
            .Where(row => row >= 0)
            .Sum(row => plan.TokenCounts[row]);
        var beams = transition.Before.Running.Count(each => each.Request == beam.Request);
        return beams > transition.Config.MaxBatchedTokens - before;
    }

    private static bool IsBeginning(Sequence before, Sequence after) =>
        after.Tokens.Count - before.Tokens.Count is 0 or 1
        && after.Tokens.Span.StartsWith(before.Tokens.Span);
}
