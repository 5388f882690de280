using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>
/// Who may start. A sequence counts whole, with the blocks of all its present tokens, however
/// few of them its first chunk computes: what runs must be able to go on.
/// </summary>
public static class AdmissionLaws
{
    [Law]
    public static void A_newcomer_fits_whole_beside_all_that_run_and_the_watermark(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Admitted, newcomer =>
        {
            var others = transition.After.Running.TakeWhile(each => each.Id != newcomer.Id);
            Assert.True(Fits(transition, newcomer, [.. others]), $"{newcomer.Id} does not fit");
        }));

    [Law]
    public static void Whoever_is_first_and_fits_is_admitted(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var (config, after) = (transition.Config, transition.After);
            if (plan.TokensTotal < config.MaxBatchedTokens
                && plan.Preempted.IsEmpty
                && Order.Next(config, after) is { IsSwapped: false } next)
            {
                var first = Shared.With(transition, next);
                var width = after.Running.Append(first).Sum(sequence => sequence.Width);
                Assert.True(
                    width > config.MaxSequences || Shared.IsDue(transition, first)
                        || !Fits(transition, first, [.. after.Running]),
                    $"{first.Id} fits");
            }
        });

    [Law]
    public static void An_idle_engine_admits_whoever_is_first_whatever_the_watermark(
        Transitions transitions) =>
        transitions.EachAfter<Event.StepWanted>((transition, _) =>
        {
            if (transition.Before is { Running.IsEmpty: true, InFlight: null } before
                && Order.Next(transition.Config, before) is { } next)
                Assert.Equal(next.Id, transition.After.Running.FirstOrDefault()?.Id);
        });

    [Law]
    public static void A_step_that_preempts_admits_nobody(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
            Assert.True(plan.Preempted.IsEmpty
                || (transition.Admitted.IsEmpty && transition.Returned.IsEmpty)));

    [Law]
    public static void A_step_is_planned_whenever_something_is_unfinished_and_none_is_in_flight(
        Transitions transitions) =>
        transitions.EachAfter<Event.StepWanted>((transition, _) => Assert.Equal(
            transition.Before.InFlight is null && transition.Before.Unfinished().Any(),
            transition.Planned is not null && !transition.IsAhead()));

    // Alone everyone fits: more samples than the pool holds take turns.
    private static bool Fits(Transition transition, Sequence newcomer, Sequence[] others)
    {
        var watermark = (int)(transition.Config.Watermark * transition.Config.BlocksTotal);
        return others.Length == 0
            || transition.WholeBlocks([.. others, newcomer]) + watermark
                <= transition.Config.BlocksTotal;
    }
}
