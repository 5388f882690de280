namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// Writes the machine code of one tile of a matrix product, in the instructions for bfloat16 that
/// the processor has and .NET lacks: rows of the input x 32 columns of packed weights. x86-64.
/// </summary>
/// <remarks>
/// The code is a function of (input, weights, output, bias, pairs) by the System V convention:
/// <code>
/// sum[row, column] = bias[column]
/// for each pair of k: sum[row, column] += the row's pair . the column's pair
/// output[row, column] = bfloat16 of sum
/// </code>
/// Each sum adds up in the order of k, so a row's result does not depend on the tile's other rows.
/// </remarks>
internal sealed class TileCode
{
    /// <summary>Columns of a tile: two registers of sums.</summary>
    public const int Columns = 32;

    /// <summary>Rows of a tile at most: their sums fill 24 of the 32 registers.</summary>
    public const int RowsMax = 12;

    private const int Input = 7, Weights = 6, Output = 2, Bias = 1, Pairs = 8;
    private const int Weight0 = 28, Weight1 = 29, Broadcast = 30;
    private const int RegisterBytes = 64;

    // Instruction sets of EVEX prefixes: which map, which mandatory prefix.
    private const int Map0F = 1, Map0F38 = 2;
    private const int NoPrefix = 0, Prefix66 = 1, PrefixF3 = 2, PrefixF2 = 3;

    private readonly List<byte> _code = [];

    private TileCode()
    {
    }

    /// <param name="rows">1 .. RowsMax.</param>
    /// <param name="inputStride">Bytes from one row of the input to the next.</param>
    /// <param name="outputStride">Bytes from one row of the output to the next.</param>
    public static byte[] Of(int rows, int inputStride, int outputStride)
    {
        var tile = new TileCode();
        tile.LoadBias(rows);
        var loop = tile._code.Count;
        tile.AddPair(rows, inputStride);
        tile.Repeat(loop);
        tile.Store(rows, outputStride);
        tile._code.AddRange([0xC5, 0xF8, 0x77, 0xC3]); // vzeroupper; ret
        return [.. tile._code];
    }

    private static int Sum(int row, int half) => 2 * row + half;

    private void LoadBias(int rows)
    {
        for (var row = 0; row < rows; row++)
            for (var half = 0; half < 2; half++)
                Memory(NoPrefix, Map0F, 0x10, Sum(row, half), Bias, half * RegisterBytes);
    }

    // vmovups, vpbroadcastd, vdpbf16ps
    private void AddPair(int rows, int inputStride)
    {
        Memory(NoPrefix, Map0F, 0x10, Weight0, Weights, 0);
        Memory(NoPrefix, Map0F, 0x10, Weight1, Weights, RegisterBytes);
        for (var row = 0; row < rows; row++)
        {
            Memory(Prefix66, Map0F38, 0x58, Broadcast, Input, row * inputStride);
            Registers(PrefixF3, Map0F38, 0x52, Sum(row, 0), Weight0, Broadcast);
            Registers(PrefixF3, Map0F38, 0x52, Sum(row, 1), Weight1, Broadcast);
        }
    }

    // add rdi, 4; add rsi, 128; dec r8; jnz loop
    private void Repeat(int loop)
    {
        _code.AddRange([0x48, 0x83, 0xC0 | Input, 4]);
        _code.AddRange([0x48, 0x81, 0xC0 | Weights, 2 * RegisterBytes, 0, 0, 0]);
        _code.AddRange([0x49, 0xFF, 0xC8 | (Pairs - 8)]);
        _code.AddRange([0x0F, 0x85]);
        Number(loop - (_code.Count + sizeof(int)));
    }

    // vcvtne2ps2bf16, vmovups
    private void Store(int rows, int outputStride)
    {
        for (var row = 0; row < rows; row++)
        {
            Registers(PrefixF2, Map0F38, 0x72, Broadcast, Sum(row, 1), Sum(row, 0));
            Memory(NoPrefix, Map0F, 0x11, Broadcast, Output, row * outputStride);
        }
    }

    private void Registers(int prefix, int map, byte operation, int target, int first, int second)
    {
        Evex(prefix, map, target, first, second);
        _code.Add(operation);
        _code.Add((byte)(0xC0 | ((target & 7) << 3) | (second & 7)));
    }

    private void Memory(int prefix, int map, byte operation, int register, int address, int offset)
    {
        Evex(prefix, map, register, 0, address);
        _code.Add(operation);
        _code.Add((byte)(0x80 | ((register & 7) << 3) | address));
        Number(offset);
    }

    // The 512-bit form. The prefix holds the upper bits of the register numbers, inverted.
    private void Evex(int prefix, int map, int target, int first, int second)
    {
        static int Not(int register, int bit) => (~register >> bit) & 1;
        _code.Add(0x62);
        _code.Add((byte)((Not(target, 3) << 7) | (Not(second, 4) << 6) | (Not(second, 3) << 5)
            | (Not(target, 4) << 4) | map));
        _code.Add((byte)(((~first & 15) << 3) | 4 | prefix));
        _code.Add((byte)(0x40 | (Not(first, 4) << 3)));
    }

    private void Number(int value) => _code.AddRange(BitConverter.GetBytes(value));
}
