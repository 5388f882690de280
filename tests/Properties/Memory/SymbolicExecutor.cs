using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Memory;

/// <summary>
/// An executor without a model: where a real one writes K and V of a token, this one writes down
/// what those depend on, which is the whole sequence up to the token, and its position. Reading a
/// slot back then tells whether the cache holds what attention would need there.
/// </summary>
public sealed class SymbolicExecutor(SchedulerConfig config)
{
    private readonly Cell?[] _slots = new Cell?[config.BlocksTotal * config.BlockSize];
    private readonly Cell?[] _host = new Cell?[config.HostBlocksTotal * config.BlockSize];

    /// <summary>
    /// Writes all rows of a plan, then reads each row's positions back as attention would.
    /// </summary>
    /// <returns>What a row found that is not its own; empty when the cache is right.</returns>
    public IReadOnlyList<string> Execute(StepPlan plan)
    {
        foreach (var (device, host) in plan.SwapOuts)
            Move(_slots, device.Value, _host, host.Value);
        foreach (var (device, host) in plan.SwapIns)
            Move(_host, host.Value, _slots, device.Value);
        Copy(plan);
        var rows = Enumerable.Range(0, plan.Rows).Select(row => CellsOf(plan, row)).ToList();
        for (var row = 0; row < plan.Rows; row++)
        {
            for (var position = plan.FirstPositions[row]; position < rows[row].Length; position++)
                _slots[Slot(plan, row, position)] = rows[row][position];
        }

        var misread = new List<string>();
        for (var row = 0; row < plan.Rows; row++)
        {
            for (var position = 0; position < rows[row].Length; position++)
            {
                var found = _slots[Slot(plan, row, position)];
                if (found != rows[row][position])
                    misread.Add($"{plan.Sequences[row]} reads {found?.ToString() ?? "nothing"} "
                        + $"at position {position} of {plan.Id}");
            }
        }

        return misread;
    }

    /// <summary>A step that broke off: its slots hold nobody knows what.</summary>
    public void Fail(StepPlan plan)
    {
        foreach (var (_, host) in plan.SwapOuts)
            Clear(_host, host.Value);
        foreach (var (device, _) in plan.SwapIns)
            Clear(_slots, device.Value);
        for (var row = 0; row < plan.Rows; row++)
        {
            for (var index = 0; index < plan.TokenCounts[row]; index++)
                _slots[Slot(plan, row, plan.FirstPositions[row] + index)] = null;
        }
    }

    private void Move(Cell?[] source, int from, Cell?[] target, int to) =>
        source.AsSpan(from * config.BlockSize, config.BlockSize)
            .CopyTo(target.AsSpan(to * config.BlockSize));

    private void Clear(Cell?[] slots, int block) =>
        slots.AsSpan(block * config.BlockSize, config.BlockSize).Clear();

    // All at once: what is copied is what was there before the plan.
    private void Copy(StepPlan plan)
    {
        var before = _slots.ToArray();
        foreach (var (from, to) in plan.Copies)
        {
            for (var slot = 0; slot < plan.BlockSize; slot++)
                _slots[to.Value * plan.BlockSize + slot] =
                    before[from.Value * plan.BlockSize + slot];
        }
    }

    private static int Slot(StepPlan plan, int row, int position) =>
        plan.BlockTables[row][position / plan.BlockSize].Value * plan.BlockSize
        + position % plan.BlockSize;

    // All that the row may read: everything up to its last token.
    private static Cell[] CellsOf(StepPlan plan, int row) =>
    [
        .. TokenFunction
            .PrefixHashes(
                plan.TokenLogs[row].Span[..(plan.FirstPositions[row] + plan.TokenCounts[row])])
            .Select((content, position) => new Cell(content, position)),
    ];

    // K and V of a token: a function of all tokens up to it.
    private readonly record struct Cell(ulong Content, int Position);
}
