using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Exhaustive;

/// <summary>
/// 128 bits that stand for a state: two states of one key have the same futures. What decides
/// nothing is left out: statistics, step numbers, how often somebody was preempted.
/// </summary>
internal static class StateKey
{
    public static UInt128 Of(SchedulerState state, int submitted)
    {
        var numbers = Chains.Start;
        numbers.Add(submitted);
        foreach (var block in state.Blocks.FreeQueue())
            numbers.Add(block.Value);
        for (var id = 0; id < state.Blocks.TotalCount; id++)
            numbers.Add((long?)state.Blocks.Content(new BlockId(id))?.Hash.Value ?? 0);
        foreach (var block in state.HostBlocks.FreeQueue())
            numbers.Add(block.Value);
        numbers.Add(state.Running.Length);
        foreach (var sequence in state.Running)
            Add(ref numbers, sequence);
        numbers.Add(state.Waiting.Count);
        foreach (var (_, sequence) in state.Waiting)
            Add(ref numbers, sequence);
        if (state.Turns is not ArrivalTurns)
            AddTurns(ref numbers, state);
        numbers.Add(state.InFlight?.Rows ?? 0);
        foreach (var plan in state.Steps())
            Add(ref numbers, plan);
        return numbers.Key;
    }

    private static void Add(ref Chains numbers, Sequence sequence)
    {
        numbers.Add(sequence.Id.Value);
        numbers.Add(sequence.Request.Id.Value);
        numbers.Add(sequence.Sample);
        numbers.Add(sequence.ComputedTokens);
        numbers.Add(sequence.Tokens.Count);
        foreach (var token in sequence.Tokens.Span)
            numbers.Add(token.Value);
        foreach (var block in sequence.Blocks.Blocks)
            numbers.Add(block.Value);
        numbers.Add((long?)sequence.Content?.Hash.Value ?? 0);
        if (sequence.Beams is { } beams)
            AddBeam(ref numbers, sequence, beams);
        numbers.Add(sequence.HostBlocks.Count);
        foreach (var block in sequence.HostBlocks.Blocks)
            numbers.Add(block.Value);
    }

    // Sums are compared, and hypotheses told.
    private static void AddBeam(
        ref Chains numbers, Sequence sequence, BeamState beams)
    {
        numbers.Add(BitConverter.DoubleToInt64Bits(sequence.Logprobs));
        numbers.Add(beams.Living);
        foreach (var hypothesis in beams.Hypotheses)
        {
            numbers.Add(BitConverter.DoubleToInt64Bits(hypothesis.Worth));
            numbers.Add(hypothesis.Last.Value);
            foreach (var token in hypothesis.Tokens.Span)
                numbers.Add(token.Value);
        }
    }

    // Who gave way and who is new are told apart, and counters count from the level.
    private static void AddTurns(ref Chains numbers, SchedulerState state)
    {
        foreach (var sequence in state.Waiting.Values)
            numbers.Add(Math.Min(sequence.Preemptions, 1));
        if (state.Turns is not FairTurns turns)
            return;
        foreach (var (tenant, share) in turns.Shares)
        {
            numbers.Add(tenant.Key?.Length ?? -1);
            foreach (var letter in tenant.Key ?? "")
                numbers.Add(letter);
            numbers.Add(share.Service - turns.Level);
        }
    }

    private static void Add(ref Chains numbers, StepPlan plan)
    {
        numbers.Add(plan.SwapOuts.Length);
        foreach (var swap in plan.SwapOuts)
            Add(ref numbers, swap);
        numbers.Add(plan.SwapIns.Length);
        foreach (var swap in plan.SwapIns)
            Add(ref numbers, swap);
        foreach (var copy in plan.Copies)
            numbers.Add(copy.To.Value);
        for (var row = 0; row < plan.Rows; row++)
        {
            numbers.Add(plan.Sequences[row].Value);
            numbers.Add(plan.FirstPositions[row]);
            numbers.Add(plan.TokenCounts[row]);
        }
    }

    private static void Add(ref Chains numbers, BlockSwap swap)
    {
        numbers.Add(swap.Device.Value);
        numbers.Add(swap.Host.Value);
    }

    // Two independent chains of SplitMix64, that take one number after the other.
    private struct Chains
    {
        private ulong _upper;
        private ulong _lower;

        public static Chains Start =>
            new() { _upper = 0x243F_6A88_85A3_08D3, _lower = 0x1319_8A2E_0370_7344 };

        public readonly UInt128 Key => new(_upper, _lower);

        public void Add(long number)
        {
            _upper = Mix(_upper ^ (ulong)number);
            _lower = Mix(_lower + (ulong)number * 0xA409_3822_299F_31D1);
        }

        private static ulong Mix(ulong value)
        {
            value += 0x9E37_79B9_7F4A_7C15;
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }
    }
}
