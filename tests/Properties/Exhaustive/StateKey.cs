using System.Buffers;
using System.Runtime.InteropServices;
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
        var numbers = new ArrayBufferWriter<long>(128);
        Add(numbers, submitted);
        foreach (var block in state.Blocks.FreeQueue())
            Add(numbers, block.Value);
        for (var id = 0; id < state.Blocks.TotalCount; id++)
            Add(numbers, (long?)state.Blocks.Content(new BlockId(id))?.Hash.Value ?? 0);
        foreach (var block in state.HostBlocks.FreeQueue())
            Add(numbers, block.Value);
        Add(numbers, state.Running.Length);
        foreach (var sequence in state.Running)
            Add(numbers, sequence);
        Add(numbers, state.Waiting.Count);
        foreach (var (_, sequence) in state.Waiting)
            Add(numbers, sequence);
        if (state.Turns is not ArrivalTurns)
            AddTurns(numbers, state);
        Add(numbers, state.InFlight?.Rows ?? 0);
        foreach (var plan in state.Steps())
            Add(numbers, plan);
        return Hash(numbers.WrittenSpan);
    }

    private static void Add(ArrayBufferWriter<long> numbers, long value)
    {
        numbers.GetSpan(1)[0] = value;
        numbers.Advance(1);
    }

    private static void Add(ArrayBufferWriter<long> numbers, Sequence sequence)
    {
        Add(numbers, sequence.Id.Value);
        Add(numbers, sequence.Request.Id.Value);
        Add(numbers, sequence.Sample);
        Add(numbers, sequence.ComputedTokens);
        Add(numbers, sequence.Tokens.Count);
        foreach (var token in sequence.Tokens.Span)
            Add(numbers, token.Value);
        foreach (var block in sequence.Blocks.Blocks)
            Add(numbers, block.Value);
        if (sequence.Beams is { } beams)
            AddBeam(numbers, sequence, beams);
        Add(numbers, sequence.HostBlocks.Count);
        foreach (var block in sequence.HostBlocks.Blocks)
            Add(numbers, block.Value);
    }

    // Sums are compared, and hypotheses told.
    private static void AddBeam(
        ArrayBufferWriter<long> numbers, Sequence sequence, BeamState beams)
    {
        Add(numbers, BitConverter.DoubleToInt64Bits(sequence.Logprobs));
        Add(numbers, beams.Living);
        foreach (var hypothesis in beams.Hypotheses)
        {
            Add(numbers, BitConverter.DoubleToInt64Bits(hypothesis.Worth));
            Add(numbers, hypothesis.Last.Value);
            foreach (var token in hypothesis.Tokens.Span)
                Add(numbers, token.Value);
        }
    }

    // Who gave way and who is new are told apart, and counters count from the level.
    private static void AddTurns(ArrayBufferWriter<long> numbers, SchedulerState state)
    {
        foreach (var sequence in state.Waiting.Values)
            Add(numbers, Math.Min(sequence.Preemptions, 1));
        if (state.Turns is not FairTurns turns)
            return;
        foreach (var (tenant, share) in turns.Shares)
        {
            Add(numbers, tenant.Key?.Length ?? -1);
            foreach (var letter in tenant.Key ?? "")
                Add(numbers, letter);
            Add(numbers, share.Service - turns.Level);
        }
    }

    private static void Add(ArrayBufferWriter<long> numbers, StepPlan plan)
    {
        foreach (var swap in plan.SwapOuts)
            Add(numbers, swap.Host.Value);
        for (var row = 0; row < plan.Rows; row++)
        {
            Add(numbers, plan.Sequences[row].Value);
            Add(numbers, plan.FirstPositions[row]);
            Add(numbers, plan.TokenCounts[row]);
        }
    }

    // Two independent chains of SplitMix64.
    private static UInt128 Hash(ReadOnlySpan<long> numbers)
    {
        var (upper, lower) = (0x243F_6A88_85A3_08D3UL, 0x1319_8A2E_0370_7344UL);
        foreach (var number in MemoryMarshal.Cast<long, ulong>(numbers))
        {
            upper = Mix(upper ^ number);
            lower = Mix(lower + number * 0xA409_3822_299F_31D1);
        }

        return new UInt128(upper, lower);
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
