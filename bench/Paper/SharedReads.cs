using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>Counts, of each step, the tokens that more than one row reads.</summary>
internal sealed class SharedReads
{
    private int[] _reads = [];
    private int _number;

    /// <summary>Tokens read again: all but the first time in this step.</summary>
    public long Of(StepPlan plan)
    {
        _number++;
        var again = 0L;
        for (var row = 0; row < plan.Rows; row++)
        {
            var context = plan.FirstPositions[row] + plan.TokenCounts[row];
            var blocks = plan.BlockTables[row].Blocks;
            for (var index = 0; index * plan.BlockSize < context; index++)
            {
                if (IsRead(blocks[index].Value))
                    again += Math.Min(plan.BlockSize, context - index * plan.BlockSize);
            }
        }

        return again;
    }

    private bool IsRead(int block)
    {
        if (block >= _reads.Length)
            Array.Resize(ref _reads, Math.Max(2 * _reads.Length, block + 1));
        var isRead = _reads[block] == _number;
        _reads[block] = _number;
        return isRead;
    }
}
