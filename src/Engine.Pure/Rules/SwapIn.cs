namespace SkPaged.Engine.Pure;

/// <summary>
/// A request that was swapped out comes back when it is its turn: all its samples at once, each
/// with a row, as soon as they fit whole. Where nobody else runs, as many of them as fit.
/// </summary>
/// <remarks>
/// What they hold is told to the prefix index when the step has run, like all that a step fills.
/// </remarks>
internal static class SwapIn
{
    /// <summary>False when the request of <paramref name="first"/> has to wait on.</summary>
    public static bool Apply(ref StepDraft draft, Sequence first)
    {
        var samples = Samples(ref draft, first);
        while (samples.Count > 0 && !Fits(ref draft, samples))
        {
            if (draft.RunningCount > 0)
                return false;
            samples.RemoveAt(samples.Count - 1);
        }

        var index = draft.RunningCount;
        Load(ref draft, samples);
        for (var later = samples.Count - 1; later >= 0; later--, index++)
        {
            draft.Schedule(
                index, draft.TokensFor(draft.Running(index), draft.Budget - later));
        }

        return samples.Count > 0;
    }

    // The samples of its request that were swapped out, itself included.
    private static List<Sequence> Samples(ref StepDraft draft, Sequence first)
    {
        var samples = new List<Sequence>();
        for (var sample = 0; sample < first.Request.Width; sample++)
        {
            var id = new SequenceId(first.Id.Value - first.Sample + sample);
            if (draft.Waiting.TryGetValue(id, out var sequence) && sequence.IsSwapped)
                samples.Add(sequence);
        }

        return samples;
    }

    private static bool Fits(ref StepDraft draft, List<Sequence> samples)
    {
        var width = draft.Width;
        foreach (var sample in samples)
            width += sample.Width;
        if (width > draft.Config.MaxSequences || samples.Count > draft.Budget)
            return false;
        if (draft.RunningCount == 0)
            return samples.Count == 1 || Needed(draft.Config, samples) <= draft.Blocks.FreeCount;
        return Needed(draft.Config, samples) <= draft.Blocks.FreeCount
            - draft.BlocksOwed - draft.Config.WatermarkBlocks;
    }

    // Shared blocks once, and an unfilled one for each that will write to it.
    private static int Needed(SchedulerConfig config, List<Sequence> samples)
    {
        var (needed, held, unfilled) = (0, new HashSet<BlockId>(), new HashSet<BlockId>());
        foreach (var sample in samples)
        {
            var table = sample.HostBlocks.Blocks;
            needed += Fork.BlocksFor(sample, config.BlockSize) - table.Length;
            foreach (var block in table)
                needed += held.Add(block) ? 1 : 0;
            if (sample.ComputedTokens % config.BlockSize != 0)
                needed += unfilled.Add(table[^1]) ? 0 : 1;
        }

        return needed;
    }

    private static void Load(ref StepDraft draft, List<Sequence> samples)
    {
        var places = new Dictionary<BlockId, BlockId>();
        foreach (var sample in samples)
        {
            var table = Loaded(ref draft, sample.HostBlocks, places);
            draft.Start(sample);
            draft.Return(sample with { Blocks = table, HostBlocks = BlockTable.Empty });
        }

        foreach (var sample in samples)
            draft.HostBlocks.Release(sample.HostBlocks);
    }

    private static BlockTable Loaded(
        ref StepDraft draft, BlockTable hosted, Dictionary<BlockId, BlockId> places)
    {
        var table = new BlockId[hosted.Count];
        for (var index = 0; index < table.Length; index++)
        {
            if (places.TryGetValue(hosted[index], out table[index]))
            {
                draft.Blocks.Share(table[index]);
                continue;
            }

            table[index] = draft.Blocks.Take();
            places.Add(hosted[index], table[index]);
            draft.Moves.SwapIn(hosted[index], table[index]);
        }

        return BlockTable.Empty.Append(table);
    }
}
