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
    private readonly Cell?[,] _slots = new Cell?[config.BlocksTotal, config.BlockSize];

    /// <summary>
    /// Writes all rows of a plan, then reads each row's positions back as attention would.
    /// </summary>
    /// <returns>What a row found that is not its own; empty when the cache is right.</returns>
    public IEnumerable<string> Execute(StepPlan plan)
    {
        for (var row = 0; row < plan.Rows; row++)
            Write(plan, row, position => CellAt(plan, row, position));
        return Enumerable.Range(0, plan.Rows).SelectMany(row => Misread(plan, row));
    }

    /// <summary>A step that broke off: its slots hold nobody knows what.</summary>
    public void Fail(StepPlan plan)
    {
        for (var row = 0; row < plan.Rows; row++)
            Write(plan, row, _ => null);
    }

    private void Write(StepPlan plan, int row, Func<int, Cell?> cell)
    {
        var first = plan.FirstPositions[row];
        for (var position = first; position < first + plan.TokenCounts[row]; position++)
            Slot(plan, row, position) = cell(position);
    }

    private IEnumerable<string> Misread(StepPlan plan, int row) =>
        Enumerable.Range(0, plan.FirstPositions[row] + plan.TokenCounts[row])
            .Where(position => Slot(plan, row, position) != CellAt(plan, row, position))
            .Select(position =>
                $"{plan.Sequences[row]} reads at position {position} of {plan.Id}: "
                + $"{Slot(plan, row, position)?.ToString() ?? "nothing"}");

    private ref Cell? Slot(StepPlan plan, int row, int position) =>
        ref _slots[
            plan.BlockTables[row][position / plan.BlockSize].Value, position % plan.BlockSize];

    private static Cell CellAt(StepPlan plan, int row, int position) =>
        new(TokenFunction.Hash(plan.TokenLogs[row].Span[..(position + 1)]), position);

    // K and V of a token: a function of all tokens up to it.
    private readonly record struct Cell(ulong Content, int Position);
}
