using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// One step under one token budget: those running first, in the policy's order, then those waiting.
/// Prefill and decode mix; a prompt that does not fit the budget is computed in chunks.
/// </summary>
internal static class Plan
{
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerConfig config, SchedulerState state)
    {
        if (state.InFlight is not null)
            return LookAhead.Apply(config, state);
        if (state.Running.IsEmpty && state.Waiting.IsEmpty)
            return (state, Decisions.None);
        var draft = new StepDraft(config, state);
        Extend.Apply(ref draft);
        Admit.Apply(ref draft);
        return Freeze(state, ref draft);
    }

    /// <summary>The state with the plan, in flight or ahead.</summary>
    public static (SchedulerState, Seq<Decision>) Freeze(
        SchedulerState state, ref StepDraft draft)
    {
        var plan = draft.FreezePlan(state.NextStep);
        var blocks = draft.Blocks.Freeze();
        var next = state with
        {
            Blocks = blocks,
            HostBlocks = draft.Config.HostBlocksTotal > 0
                ? draft.HostBlocks.Freeze()
                : state.HostBlocks,
            Running = draft.DrainRunning(),
            Waiting = draft.Waiting,
            Turns = draft.Turns,
            InFlight = state.InFlight ?? plan,
            Ahead = draft.IsAhead ? plan : null,
            NextStep = new StepId(state.NextStep.Value + 1),
            Stats = state.Stats with
            {
                Steps = state.Stats.Steps + 1,
                PrefillTokens = state.Stats.PrefillTokens + draft.PrefillTokens,
                DecodeTokens = state.Stats.DecodeTokens + draft.DecodeTokens,
                Preemptions = state.Stats.Preemptions + plan.Preempted.Length,
                CachedTokens = state.Stats.CachedTokens + draft.CachedTokens,
                Swaps = state.Stats.Swaps + draft.Swaps,
                BlocksSwappedOut = state.Stats.BlocksSwappedOut + plan.SwapOuts.Length,
                BlocksSwappedIn = state.Stats.BlocksSwappedIn + plan.SwapIns.Length,
                Copies = state.Stats.Copies + plan.Copies.Length,
                Evictions = state.Stats.Evictions + draft.Blocks.Evictions,
                PeakBlocksLive = Math.Max(state.Stats.PeakBlocksLive, blocks.LiveCount),
                TokenSteps = state.Stats.TokenSteps + draft.TokensHeld
                    - blocks.SharesTotal * draft.Config.BlockSize,
                SlotSteps = state.Stats.SlotSteps
                    + (long)blocks.LiveCount * draft.Config.BlockSize,
            },
        };
        return (next, Decisions.Of(new Decision.RunStep(plan)));
    }
}
