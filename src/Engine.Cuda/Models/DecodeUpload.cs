using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A plan all of whose rows are one token that samples, as columns whose place never changes: that
/// is what a captured graph reads. Rows beyond the plan's are there and have no work.
/// </summary>
internal sealed unsafe class DecodeUpload : IDisposable
{
    private const int Columns = 6;

    // Tables of this many blocks at most; a plan of longer ones is no business of a graph.
    private const long BlocksMax = 4 << 20;

    private readonly QueryUnits _units;
    private readonly UploadBuffer _buffer;
    private readonly int _rowsMax;
    private readonly long _blocksMax;
    private long _bytes;

    /// <param name="units">How attention of queries is shared out.</param>
    /// <param name="rowsMax">Rows that a graph may have.</param>
    /// <param name="tableMax">Blocks of a sequence at most.</param>
    /// <param name="device">Where the columns go.</param>
    /// <param name="stream">How they go there.</param>
    public DecodeUpload(
        QueryUnits units, int rowsMax, int tableMax, Device device, CudaStream stream)
    {
        (_units, _rowsMax) = (units, rowsMax);
        _blocksMax = Math.Min(BlocksMax, (long)rowsMax * tableMax);
        _buffer = new(device, stream);
        _buffer.Reserve(Head + _blocksMax * sizeof(int));
    }

    // The last column has two entries more.
    private long Head => ((long)Columns * _rowsMax + 2) * sizeof(int);

    /// <summary>Whether a plan is of this kind, and not too large.</summary>
    public bool Takes(StepPlan plan)
    {
        if (plan.Rows > _rowsMax || plan.TokensTotal != plan.Rows)
            return false;
        var blocks = 0L;
        for (var row = 0; row < plan.Rows; row++)
        {
            if (!plan.Samples(row))
                return false;
            blocks += BlocksOf(plan, row);
        }
        return blocks <= _blocksMax;
    }

    /// <summary>The columns of a step of so many rows, on the device.</summary>
    public StepColumns Of(int rows) =>
        new(rows, rows, rows, Tiles: 0)
        {
            Ids = Column(0),
            Positions = Column(1),
            Slots = Column(2),
            Lengths = Column(3),
            Tables = Column(4),
            Units = Column(5),
            Blocks = _buffer.Device + (nint)Head,
        };

    /// <summary>Lays out a plan that <see cref="Takes"/> holds for; nothing is sent.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="tokens">Has read it.</param>
    /// <param name="rows">Rows of the graph, at least the plan's.</param>
    public void Fill(StepPlan plan, StepTokens tokens, int rows)
    {
        _buffer.Reserve(Head);
        // Rows beyond the plan's.
        ClearFrom(plan.Rows, rows);
        tokens.Ids.CopyTo(Host(0, rows));
        tokens.Positions.CopyTo(Host(1, rows));
        var slots = Host(2, rows);
        var lengths = Host(3, rows);
        var tables = Host(4, rows);
        var all = new Span<int>((int*)(_buffer.Host + (nint)Head), (int)_blocksMax);
        var used = 0;
        for (var row = 0; row < plan.Rows; row++)
        {
            var blocks = plan.BlockTables[row].Blocks[..BlocksOf(plan, row)];
            var (block, offset) = Math.DivRem(plan.FirstPositions[row], plan.BlockSize);
            slots[row] = blocks[block].Value * plan.BlockSize + offset;
            lengths[row] = plan.FirstPositions[row] + 1;
            tables[row] = used;
            MemoryMarshal.Cast<BlockId, int>(blocks).CopyTo(all[used..]);
            used += blocks.Length;
        }
        _units.Fill(lengths, Host(Columns - 1, rows + 2));
        _bytes = Head + used * sizeof(int);
    }

    /// <summary>Lays out a step of rows that have no work, and sends it.</summary>
    public void SendIdle(int rows)
    {
        _buffer.Reserve(Head);
        ClearFrom(0, rows);
        _bytes = Head;
        Send();
    }

    /// <summary>Sends what was laid out.</summary>
    public void Send() => _buffer.Send(_bytes);

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static int BlocksOf(StepPlan plan, int row) =>
        BlockTable.BlocksFor(plan.FirstPositions[row] + 1, plan.BlockSize);

    private void ClearFrom(int first, int rows)
    {
        Host(Columns - 1, rows + 2).Clear();
        for (var column = 0; column < Columns; column++)
            Host(column, rows)[first..].Fill(column == 2 ? -1 : 0);
    }

    private nint Column(int number) =>
        _buffer.Device + (nint)number * _rowsMax * sizeof(int);

    private Span<int> Host(int number, int rows) =>
        new((int*)_buffer.Host + (nint)number * _rowsMax, rows);
}
