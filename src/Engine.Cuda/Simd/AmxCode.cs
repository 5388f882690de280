namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// Writes the machine code of a block of a matrix product for the processor's tile registers
/// (AMX): up to 32 rows of the input x 32 columns of packed weights. x86-64.
/// </summary>
/// <remarks>
/// <para>The code is a function of a pointer to an <see cref="AmxBlock"/> by the System V
/// convention. A tile register holds 16 rows of 64 bytes:</para>
/// <code>
///            weights 6 | weights 7     sum[row, column] = bias[column]
/// input 4    sums 0    | sums 1        for each 16 pairs of k: sum += even products + odd ones
/// input 5    sums 2    | sums 3        output = bfloat16 of sum
/// </code>
/// <para>Blocks of at most 16 rows do without the lower line. Each sum adds up in the order of k,
/// so a row's result does not depend on the other rows.</para>
/// </remarks>
internal sealed class AmxCode
{
    /// <summary>Rows of a tile register.</summary>
    public const int TileRows = 16;

    /// <summary>Bytes of a row of a tile register: 16 sums or 16 pairs of bfloat16.</summary>
    public const int TileBytes = 64;

    // Register numbers as instructions have them.
    private const int Rax = 0, Rcx = 1, Rdx = 2, Rsi = 6, Rdi = 7, R8 = 8, R9 = 9, R10 = 10,
        R11 = 11;

    private const int PrefixF3 = 2, PrefixF2 = 3;
    private const int Upper = 2 * TileRows * TileBytes;

    private readonly List<byte> _code = [];

    private AmxCode()
    {
    }

    /// <summary>Sets the shapes of the tile registers: a function of 64 bytes.</summary>
    public static byte[] Configure() => [0xC4, 0xE2, 0x78, 0x49, 0x07, 0xC3]; // ldtilecfg [rdi]

    /// <summary>Gives the tile registers back: a function of nothing.</summary>
    public static byte[] Release() => [0xC4, 0xE2, 0x78, 0x49, 0xC0, 0xC3]; // tilerelease

    /// <summary>Computes a block of at most 16 rows, or of 17 to 32.</summary>
    public static byte[] Multiply(bool two)
    {
        var code = new AmxCode();
        code.Begin(two);
        var loop = code._code.Count;
        code.AddPairs(two);
        code.Repeat(loop);
        code.Store(two);
        code._code.AddRange([0xC5, 0xF8, 0x77, 0xC3]); // vzeroupper; ret
        return [.. code._code];
    }

    private void Begin(bool two)
    {
        Field(Rax, AmxBlock.InputAt);
        Field(Rcx, AmxBlock.InputStrideAt);
        Field(Rsi, AmxBlock.WeightsAt);
        Field(Rdx, AmxBlock.BiasAt);
        Field(R8, AmxBlock.StepsAt);
        _code.AddRange([0x41, 0xB9]); // mov r9d, bytes of a packed pair of 32 columns
        Number(2 * TileBytes);
        _code.AddRange([0x45, 0x31, 0xDB]); // xor r11d, r11d
        if (two)
            _code.AddRange([0x49, 0x89, 0xCA,   // mov r10, rcx
                0x49, 0xC1, 0xE2, 0x04,         // shl r10, 4
                0x49, 0x01, 0xC2]);             // add r10, rax
        // All rows of the sums begin as the one row of the bias: its stride is 0.
        for (var line = 0; line < (two ? 2 : 1); line++)
        {
            Tile(PrefixF2, 2 * line, Rdx, R11, 0);
            Tile(PrefixF2, (2 * line) + 1, Rdx, R11, TileBytes);
        }
    }

    private void AddPairs(bool two)
    {
        Tile(PrefixF2, 4, Rax, Rcx, 0);
        Tile(PrefixF2, 6, Rsi, R9, 0);
        Tile(PrefixF2, 7, Rsi, R9, TileBytes);
        Dot(0, 4, 6);
        Dot(1, 4, 7);
        if (!two)
            return;
        Tile(PrefixF2, 5, R10, Rcx, 0);
        Dot(2, 5, 6);
        Dot(3, 5, 7);
    }

    private void Repeat(int loop)
    {
        _code.AddRange([0x48, 0x83, 0xC0, TileBytes]); // add rax, 64
        _code.AddRange([0x49, 0x83, 0xC2, TileBytes]); // add r10, 64
        _code.AddRange([0x48, 0x81, 0xC6]); // add rsi, 16 packed pairs
        Number(2 * TileRows * TileBytes);
        JumpWhileCounting(loop);
    }

    // The sums go through memory, as there is no way from tiles to vectors.
    private void Store(bool two)
    {
        Field(Rax, AmxBlock.ScratchAt);
        for (var line = 0; line < (two ? 2 : 1); line++)
        {
            Tile(PrefixF3, 2 * line, Rax, R9, line * Upper);
            Tile(PrefixF3, (2 * line) + 1, Rax, R9, (line * Upper) + TileBytes);
        }
        Field(R8, AmxBlock.RowsAt);
        Field(Rdx, AmxBlock.OutputAt);
        Field(Rcx, AmxBlock.OutputStrideAt);
        var loop = _code.Count;
        _code.AddRange([0x62, 0xF1, 0x7C, 0x48, 0x10, 0x48, 0x01]); // vmovups zmm1, [rax + 64]
        _code.AddRange([0x62, 0xF2, 0x77, 0x48, 0x72, 0x00]); // vcvtne2ps2bf16 zmm0, zmm1, [rax]
        _code.AddRange([0x62, 0xF1, 0x7C, 0x48, 0x11, 0x02]); // vmovups [rdx], zmm0
        _code.AddRange([0x48, 0x81, 0xC0]); // add rax, 128
        Number(2 * TileBytes);
        _code.AddRange([0x48, 0x01, 0xCA]); // add rdx, rcx
        JumpWhileCounting(loop);
    }

    // dec r8; jnz loop
    private void JumpWhileCounting(int loop)
    {
        _code.AddRange([0x49, 0xFF, 0xC8, 0x0F, 0x85]);
        Number(loop - (_code.Count + sizeof(int)));
    }

    // mov register, [rdi + offset]
    private void Field(int register, int offset) => _code.AddRange([
        (byte)(0x48 | ((register >> 3) << 2)), 0x8B,
        (byte)(0x40 | ((register & 7) << 3) | Rdi), (byte)offset]);

    // tileloadd (F2) tile, [address + stride + offset], or tilestored (F3)
    private void Tile(int prefix, int tile, int address, int stride, int offset)
    {
        Vex(prefix, 0, stride, address);
        _code.Add(0x4B);
        _code.Add((byte)(0x80 | (tile << 3) | 4));
        _code.Add((byte)(((stride & 7) << 3) | (address & 7)));
        Number(offset);
    }

    // tdpbf16ps sums, input, weights
    private void Dot(int sums, int input, int weights)
    {
        Vex(PrefixF3, weights, 0, 0);
        _code.Add(0x5C);
        _code.Add((byte)(0xC0 | (sums << 3) | input));
    }

    // The prefix holds the upper bits of the register numbers, inverted.
    private void Vex(int prefix, int third, int index, int address)
    {
        _code.Add(0xC4);
        _code.Add((byte)(0x82 | ((~index & 8) << 3) | ((~address & 8) << 2)));
        _code.Add((byte)(((~third & 15) << 3) | prefix));
    }

    private void Number(int value) => _code.AddRange(BitConverter.GetBytes(value));
}
