using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;

namespace SkPaged.Properties.Beams;

/// <summary>
/// What makes searches hard among all else that a scheduler can do, for <see cref="Coverage"/>.
/// </summary>
internal static class SearchCases
{
    public static Dictionary<string, (double ShareMin, Func<Transition, bool> Occurs)> All
    { get; } = new()
    {
        ["a search begins"] = (0.2, step => step.Admitted.Any(each => each.Searches())),
        ["a search is over"] = (0.15, step => step.Outcome() == StepOutcome.Completed
            && step.Before.Running.Any(each => each.Searches()
                && step.Decisions.OfType<Decision.Finish>().Any(end => end.Id == each.Request.Id))),
        ["a beam forks"] = (0.15, step => step.After.Running
            .Where(each => each.IsBeam())
            .GroupBy(each => each.Blocks)
            .Any(heirs => heirs.Count() > 1)),
        ["a beam dies"] = (0.1, step => Dead(step).Any()),
        ["a beam dies and frees a block"] = (0.1, step => Dead(step)
            .SelectMany(each => each.Blocks.Blocks.ToArray())
            .Any(block => step.After.Blocks.ReferenceCount(block) == 0)),
        ["beams copy a block"] = (0.1, step => step.Planned is { } plan
            && plan.Copies.Any(copy => step.Before.Running.Any(each =>
                each.IsBeam() && step.Unfilled(each) == copy.From))),
        ["beams are missing"] = (0.05, step =>
            step.After.Running.Any(each => each.IsBeam() && each.Width > 1)),
        ["beams are held back"] = (0.05, step => HeldBack(step).Any()),
        ["beams are held back that will copy a block"] = (0.03, step => HeldBack(step)
            .Any(each => step.Unfilled(each) is { } block
                && step.After.Blocks.ReferenceCount(block) > 1)),
        ["somebody starts while beams are held back"] = (0.02, step =>
            !step.Started.IsEmpty && HeldBack(step).Any()),
        ["only what is owed to beams held back keeps a newcomer out"] = (0.01, KeepsOut),
        ["beams held back get their row in a step ahead"] = (0.005, step =>
            step.IsAhead() && step.Planned is { } plan
            && step.Before.Running.Any(each => each.IsBeam()
                && !step.Before.InFlight!.Sequences.Contains(each.Id)
                && plan.Sequences.Contains(each.Id))),
        ["a search begins again"] = (0.03, step => step.Preempted.Any(step.BeginsAgain)),
        ["beams move to the host"] = (0.015, step =>
            step.Preempted.Any(each => each.IsBeam() && step.Waits(each).IsSwapped)),
        ["beams come back from the host"] = (0.01, step =>
            step.Returned.Any(each => each.IsBeam())),
        ["beams are cancelled in flight"] = (0.005, step => step.Event is Event.Cancelled
            && step.Ended.Any(each => each.IsBeam()
                && step.Before.TokensInFlight(each.Id) > 0)),
        ["a step fails that searches"] = (0.015, step =>
            step.Outcome() == StepOutcome.Failed && step.Ended.Any(each => each.IsBeam())),
        ["a search shares what is cached"] = (0.02, step => step.Admitted.Any(each =>
            each.Searches() && each.ComputedTokens > 0)),
    };

    private static IEnumerable<Sequence> Dead(Transition step) =>
        step.Ended.Where(each => each.IsBeam() && step.Outcome() == StepOutcome.Completed
            && step.After.Running.Any(after => after.Request == each.Request));

    private static IEnumerable<Sequence> HeldBack(Transition step) =>
        step.Planned is { } plan
            ? step.After.Running.Where(each => each.IsBeam()
                && !plan.Sequences.Contains(each.Id)
                && !step.SitsOut(each)
                && step.IsHeldBack(plan, each))
            : [];

    // It would fit beside the blocks that are held, and there is a sequence and a token for it.
    private static bool KeepsOut(Transition step)
    {
        if (step.Planned is not { Preempted.IsEmpty: true } plan || !HeldBack(step).Any()
            || plan.TokensTotal == step.Config.MaxBatchedTokens
            || Order.Next(step.Config, step.After) is not { IsSwapped: false } next)
            return false;
        var first = Shared.With(step, next);
        var others = step.After.Running.Except(HeldBack(step)).ToList();
        var held = HeldBack(step).SelectMany(each => each.Blocks.Blocks.ToArray())
            .Except(others.SelectMany(each => each.Blocks.Blocks.ToArray()))
            .Distinct()
            .Count();
        var watermark = (int)(step.Config.Watermark * step.Config.BlocksTotal);
        return step.After.Running.Append(first).Sum(each => each.Width) <= step.Config.MaxSequences
            && !Shared.IsDue(step, first)
            && step.WholeBlocks([.. step.After.Running, first]) + watermark
                > step.Config.BlocksTotal
            && step.WholeBlocks([.. others, first]) + held + watermark <= step.Config.BlocksTotal;
    }
}
