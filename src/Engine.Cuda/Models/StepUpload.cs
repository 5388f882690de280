using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A plan as columns that kernels read: filled in pinned memory and sent in one piece. Attention
/// is cut two ways. Where tensor cores can help, rows of several tokens become tiles of
/// neighbouring tokens; all other tokens are queries of their own, and their keys are cut to
/// splits.
/// </summary>
/// <remarks>Checks the plan as it reads: kernels trust these numbers with memory.</remarks>
internal sealed unsafe class StepUpload : IDisposable
{
    private const int Alignment = 16;

    private readonly KernelConstants _constants;
    private readonly StepTokens _tokens;
    private readonly UploadBuffer _buffer;
    private readonly int _tokensMax;
    private readonly int _samplesMax;
    private readonly int _tileTokens;
    private long _bytes;

    /// <param name="constants">Sizes of the kernels.</param>
    /// <param name="tokens">Reads and checks plans.</param>
    /// <param name="tokensMax">Tokens a step may have.</param>
    /// <param name="samplesMax">Rows of a step that may sample.</param>
    /// <param name="device">Where the columns go.</param>
    /// <param name="stream">How they go there.</param>
    public StepUpload(
        KernelConstants constants, StepTokens tokens, int tokensMax, int samplesMax,
        Device device, CudaStream stream)
    {
        (_constants, _tokens, _tokensMax, _samplesMax) =
            (constants, tokens, tokensMax, samplesMax);
        _tileTokens = constants.HasTiles ? QueryTile.Rows / constants.Group : 0;
        _buffer = new(device, stream);
    }

    /// <summary>Tokens of the step.</summary>
    public int Tokens => _tokens.Count;

    /// <summary>Rows that sample.</summary>
    public int Samples => _tokens.SampledCount;

    /// <summary>Tokens that are queries of their own.</summary>
    public int Queries { get; private set; }

    /// <summary>Splits of the queries' keys.</summary>
    public int Splits { get; private set; }

    /// <summary>Tiles of the other tokens.</summary>
    public int Tiles { get; private set; }

    /// <summary>Whether a query has more than one split.</summary>
    public bool NeedsMerge => Splits > Queries;

    /// <summary>Addresses of the columns on the device: of each token.</summary>
    public nint Ids { get; private set; }

    /// <summary>Of each token.</summary>
    public nint Positions { get; private set; }

    /// <summary>Of each token: block x block size + offset.</summary>
    public nint Slots { get; private set; }

    /// <summary>Of each row that samples: its last token.</summary>
    public nint Sampled { get; private set; }

    /// <summary>Of each query: its token.</summary>
    public nint QueryTokens { get; private set; }

    /// <summary>Of each query: the keys that it sees.</summary>
    public nint Lengths { get; private set; }

    /// <summary>Of each query: where its block table begins.</summary>
    public nint Tables { get; private set; }

    /// <summary>Of each query: its first split.</summary>
    public nint FirstSplits { get; private set; }

    /// <summary><see cref="KeySplit"/>s.</summary>
    public nint SplitColumn { get; private set; }

    /// <summary><see cref="QueryTile"/>s.</summary>
    public nint TileColumn { get; private set; }

    /// <summary>Block tables, one after the other.</summary>
    public nint Blocks { get; private set; }

    /// <summary>Reads a plan; nothing is sent.</summary>
    /// <exception cref="ArgumentException">
    /// Something is outside its bounds: the message names it.
    /// </exception>
    public void Read(StepPlan plan)
    {
        _tokens.Read(plan);
        if (Tokens > _tokensMax || Samples > _samplesMax)
            throw new ArgumentException(
                $"{plan.Id} has {Tokens} tokens and samples {Samples} rows; the executor takes "
                + $"{_tokensMax} tokens and {_samplesMax} rows.");
        var tables = Count(plan);
        Lay(tables);
        Fill(plan);
    }

    /// <summary>Sends what was read.</summary>
    public void Send() => _buffer.Send(_bytes);

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private bool IsTiled(StepPlan plan, int row) => _tileTokens > 0 && plan.TokenCounts[row] > 1;

    private static int BlocksOf(StepPlan plan, int row) => BlockTable.BlocksFor(
        plan.FirstPositions[row] + plan.TokenCounts[row], plan.BlockSize);

    private static int SplitsOf(int length) =>
        (length + KernelConstants.Split - 1) / KernelConstants.Split;

    // How much there is of everything; gives the length of all tables together.
    private int Count(StepPlan plan)
    {
        (Queries, Splits, Tiles) = (0, 0, 0);
        var tables = 0;
        for (var row = 0; row < plan.Rows; row++)
        {
            tables += BlocksOf(plan, row);
            var count = plan.TokenCounts[row];
            if (IsTiled(plan, row))
            {
                Tiles += (count + _tileTokens - 1) / _tileTokens;
                continue;
            }
            Queries += count;
            for (var i = 1; i <= count; i++)
                Splits += SplitsOf(plan.FirstPositions[row] + i);
        }
        return tables;
    }

    // Where each column begins: first as offsets, then as addresses.
    private void Lay(int tables)
    {
        _bytes = 0;
        Ids = Next(Tokens, sizeof(int));
        Positions = Next(Tokens, sizeof(int));
        Slots = Next(Tokens, sizeof(int));
        Sampled = Next(Samples, sizeof(int));
        QueryTokens = Next(Queries, sizeof(int));
        Lengths = Next(Queries, sizeof(int));
        Tables = Next(Queries, sizeof(int));
        FirstSplits = Next(Queries, sizeof(int));
        SplitColumn = Next(Splits, sizeof(KeySplit));
        TileColumn = Next(Tiles, sizeof(QueryTile));
        Blocks = Next(tables, sizeof(int));
        _buffer.Reserve(_bytes);
        var start = _buffer.Device;
        Ids += start;
        Positions += start;
        Slots += start;
        Sampled += start;
        QueryTokens += start;
        Lengths += start;
        Tables += start;
        FirstSplits += start;
        SplitColumn += start;
        TileColumn += start;
        Blocks += start;
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

    private void Fill(StepPlan plan)
    {
        _tokens.Ids.CopyTo(Column<int>(Ids, Tokens));
        _tokens.Positions.CopyTo(Column<int>(Positions, Tokens));
        _tokens.Sampled.CopyTo(Column<int>(Sampled, Samples));
        var (query, split, tile, table) = (0, 0, 0, 0);
        for (var row = 0; row < plan.Rows; row++)
        {
            FillSlots(plan, row);
            if (IsTiled(plan, row))
                FillTiles(plan, row, table, ref tile);
            else
                FillQueries(plan, row, table, ref query, ref split);
            var blocks = plan.BlockTables[row].Blocks[..BlocksOf(plan, row)];
            MemoryMarshal.Cast<BlockId, int>(blocks)
                .CopyTo(Column<int>(Blocks, table + blocks.Length)[table..]);
            table += blocks.Length;
        }
    }

    private void FillSlots(StepPlan plan, int row)
    {
        var slots = Column<int>(Slots, Tokens);
        var blocks = plan.BlockTables[row].Blocks;
        for (var i = 0; i < plan.TokenCounts[row]; i++)
        {
            var (block, offset) = Math.DivRem(plan.FirstPositions[row] + i, plan.BlockSize);
            slots[_tokens.Firsts[row] + i] = blocks[block].Value * plan.BlockSize + offset;
        }
    }

    private void FillTiles(StepPlan plan, int row, int table, ref int tile)
    {
        var tiles = Column<QueryTile>(TileColumn, Tiles);
        for (var done = 0; done < plan.TokenCounts[row]; done += _tileTokens)
            tiles[tile++] = new(
                _tokens.Firsts[row] + done, plan.FirstPositions[row] + done,
                Math.Min(_tileTokens, plan.TokenCounts[row] - done), table);
    }

    private void FillQueries(StepPlan plan, int row, int table, ref int query, ref int split)
    {
        var splits = Column<KeySplit>(SplitColumn, Splits);
        for (var i = 0; i < plan.TokenCounts[row]; i++)
        {
            var length = plan.FirstPositions[row] + i + 1;
            Column<int>(QueryTokens, Queries)[query] = _tokens.Firsts[row] + i;
            Column<int>(Lengths, Queries)[query] = length;
            Column<int>(Tables, Queries)[query] = table;
            Column<int>(FirstSplits, Queries)[query] = split;
            for (var number = 0; number < SplitsOf(length); number++)
                splits[split++] = new(query, number);
            query++;
        }
    }
}
