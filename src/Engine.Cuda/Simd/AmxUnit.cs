using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using SkPaged.Engine.Cuda.Memory;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// The processor's unit for products of tiles (AMX), through code that is written once for the
/// whole process. A thread configures it, multiplies blocks, and releases it.
/// </summary>
internal sealed unsafe partial class AmxUnit
{
    /// <summary>Rows of a block at most.</summary>
    public const int RowsMax = 2 * AmxCode.TileRows;

    /// <summary>What k must be a multiple of: the elements of a row of a tile.</summary>
    public const int Depth = AmxCode.TileBytes / 2;

    // Linux keeps the unit's large state off until a process asks for it.
    private const nint ArchPrctl = 158, RequestPermission = 0x1023, TileData = 18;

    private readonly ExecutableMemory _code;
    private readonly nint _release, _one, _two;

    private AmxUnit(ExecutableMemory code, nint release, nint one, nint two) =>
        (_code, _release, _one, _two) = (code, release, one, two);

    /// <summary>Null where the processor, the system or its settings do not allow it.</summary>
    public static AmxUnit? Instance { get; } = TryCreate();

    /// <summary>The shapes of the tiles for blocks of so many rows, 1 to 32.</summary>
    public void Configure(int rows)
    {
        // Palette 1; bytes a row from byte 16 on, rows from byte 48 on.
        var shapes = stackalloc byte[64];
        new Span<byte>(shapes, 64).Clear();
        shapes[0] = 1;
        for (var tile = 0; tile < 8; tile++)
            ((ushort*)(shapes + 16))[tile] = AmxCode.TileBytes;
        var upper = (byte)Math.Min(rows, AmxCode.TileRows);
        var lower = (byte)Math.Max(1, rows - AmxCode.TileRows);
        ReadOnlySpan<byte> heights =
            [upper, upper, lower, lower, upper, lower, AmxCode.TileRows, AmxCode.TileRows];
        heights.CopyTo(new Span<byte>(shapes + 48, 8));
        ((delegate* unmanaged[Cdecl, SuppressGCTransition]<void*, void>)_code.Start)(shapes);
    }

    /// <summary>Multiplies one block of as many rows as the tiles are configured for.</summary>
    public void Multiply(AmxBlock* block)
    {
        var code = block->Rows > AmxCode.TileRows ? _two : _one;
        ((delegate* unmanaged[Cdecl, SuppressGCTransition]<void*, void>)code)(block);
    }

    /// <summary>The tiles hold nothing any more: switching threads costs less.</summary>
    public void Release() =>
        ((delegate* unmanaged[Cdecl, SuppressGCTransition]<void>)_release)();

    private static AmxUnit? TryCreate()
    {
        if (!IsThere || SystemCall(ArchPrctl, RequestPermission, TileData) != 0)
            return null;
        byte[][] parts =
        [
            AmxCode.Configure(), AmxCode.Release(),
            AmxCode.Multiply(two: false), AmxCode.Multiply(two: true),
        ];
        if (ExecutableMemory.TryCreate([.. parts.SelectMany(part => part)]) is not { } code)
            return null;
        var start = (nint)code.Start;
        nint At(int part) => start + parts.Take(part).Sum(before => before.Length);
        return new(code, At(1), At(2), At(3));
    }

    // Tiles, and tiles of bfloat16, and the conversion of sums.
    private static bool IsThere =>
        PackedMatrix.IsSupported
        && (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0
        && (X86Base.CpuId(7, 0).Edx & (1 << 24)) != 0;

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint operation, nint feature);
}
