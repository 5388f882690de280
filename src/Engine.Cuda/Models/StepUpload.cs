using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A plan of any kind as columns that kernels read: filled in pinned memory and sent in one piece.
/// Attention is cut two ways. Where tensor cores can help, rows of several tokens become tiles of
/// neighbouring tokens; all other tokens are queries of their own.
/// </summary>
internal sealed unsafe class StepUpload : IDisposable
{
    private const int Alignment = 16;

    private readonly QueryUnits _units;
    private readonly UploadBuffer _buffer;
    private readonly int _tileTokens;
    private long _bytes;

    /// <param name="units">How attention of queries is shared out.</param>
    /// <param name="device">Where the columns go.</param>
    /// <param name="stream">How they go there.</param>
    public StepUpload(QueryUnits units, Device device, CudaStream stream)
    {
        var constants = units.Constants;
        _units = units;
        _tileTokens = constants.HasTiles ? QueryTile.Rows / constants.Group : 0;
        _buffer = new(device, stream);
    }

    /// <summary>The step on the device.</summary>
    public StepColumns Columns { get; private set; }

    /// <summary>Lays out a plan; nothing is sent.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="tokens">Has read it.</param>
    public void Fill(StepPlan plan, StepTokens tokens)
    {
        var (counts, tables) = Count(plan);
        Columns = Lay(counts with { Tokens = tokens.Count, Samples = tokens.SampledCount }, tables);
        FillTokens(tokens);
        var (query, tile, table) = (0, 0, 0);
        for (var row = 0; row < plan.Rows; row++)
        {
            var first = tokens.Firsts[row];
            FillSlots(plan, row, first);
            if (IsTiled(plan, row))
                FillTiles(plan, row, first, table, ref tile);
            else
                FillQueries(plan, row, first, table, ref query);
            var blocks = plan.BlockTables[row].Blocks[..BlocksOf(plan, row)];
            MemoryMarshal.Cast<BlockId, int>(blocks)
                .CopyTo(Column<int>(Columns.Blocks, table + blocks.Length)[table..]);
            table += blocks.Length;
        }
        _units.Fill(
            Column<int>(Columns.Lengths, Columns.Queries),
            Column<int>(Columns.Units, Columns.Queries + 2));
    }

    /// <summary>Sends what was laid out.</summary>
    public void Send() => _buffer.Send(_bytes);

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private bool IsTiled(StepPlan plan, int row) => _tileTokens > 0 && plan.TokenCounts[row] > 1;

    private static int BlocksOf(StepPlan plan, int row) => BlockTable.BlocksFor(
        plan.FirstPositions[row] + plan.TokenCounts[row], plan.BlockSize);

    // How much there is of what attention works on; and the length of all tables together.
    private (StepColumns Counts, int Tables) Count(StepPlan plan)
    {
        var (queries, tiles, tables) = (0, 0, 0);
        for (var row = 0; row < plan.Rows; row++)
        {
            tables += BlocksOf(plan, row);
            var count = plan.TokenCounts[row];
            if (IsTiled(plan, row))
                tiles += (count + _tileTokens - 1) / _tileTokens;
            else
                queries += count;
        }
        return (new(0, 0, queries, tiles), tables);
    }

    private StepColumns Lay(StepColumns counts, int tables)
    {
        _bytes = 0;
        var (ids, positions, slots) = (
            Next(counts.Tokens, sizeof(int)), Next(counts.Tokens, sizeof(int)),
            Next(counts.Tokens, sizeof(int)));
        var sampled = Next(counts.Samples, sizeof(int));
        var (queries, lengths, starts) = (
            Next(counts.Queries, sizeof(int)), Next(counts.Queries, sizeof(int)),
            Next(counts.Queries, sizeof(int)));
        var units = Next(counts.Queries + 2, sizeof(int));
        var (tileColumn, blocks) = (
            Next(counts.Tiles, sizeof(QueryTile)), Next(tables, sizeof(int)));
        _buffer.Reserve(_bytes);
        var start = _buffer.Device;
        return counts with
        {
            Ids = start + ids,
            Positions = start + positions,
            Slots = start + slots,
            Sampled = start + sampled,
            QueryTokens = start + queries,
            Lengths = start + lengths,
            Tables = start + starts,
            Units = start + units,
            TileColumn = start + tileColumn,
            Blocks = start + blocks,
        };
    }

    private nint Next(int count, int size)
    {
        var offset = (nint)_bytes;
        _bytes += ((long)count * size + Alignment - 1) / Alignment * Alignment;
        return offset;
    }

    private Span<T> Column<T>(nint address, int count)
        where T : unmanaged =>
        new((void*)(_buffer.Host + (address - _buffer.Device)), count);

    private void FillTokens(StepTokens tokens)
    {
        tokens.Ids.CopyTo(Column<int>(Columns.Ids, tokens.Count));
        tokens.Positions.CopyTo(Column<int>(Columns.Positions, tokens.Count));
        tokens.Sampled.CopyTo(Column<int>(Columns.Sampled, tokens.SampledCount));
    }

    private void FillSlots(StepPlan plan, int row, int first)
    {
        var slots = Column<int>(Columns.Slots, Columns.Tokens);
        var blocks = plan.BlockTables[row].Blocks;
        for (var i = 0; i < plan.TokenCounts[row]; i++)
        {
            var (block, offset) = Math.DivRem(plan.FirstPositions[row] + i, plan.BlockSize);
            slots[first + i] = blocks[block].Value * plan.BlockSize + offset;
        }
    }

    private void FillTiles(StepPlan plan, int row, int first, int table, ref int tile)
    {
        var tiles = Column<QueryTile>(Columns.TileColumn, Columns.Tiles);
        for (var done = 0; done < plan.TokenCounts[row]; done += _tileTokens)
            tiles[tile++] = new(
                first + done, plan.FirstPositions[row] + done,
                Math.Min(_tileTokens, plan.TokenCounts[row] - done), table);
    }

    private void FillQueries(StepPlan plan, int row, int first, int table, ref int query)
    {
        for (var i = 0; i < plan.TokenCounts[row]; i++, query++)
        {
            Column<int>(Columns.QueryTokens, Columns.Queries)[query] = first + i;
            Column<int>(Columns.Lengths, Columns.Queries)[query] =
                plan.FirstPositions[row] + i + 1;
            Column<int>(Columns.Tables, Columns.Queries)[query] = table;
        }
    }
}
