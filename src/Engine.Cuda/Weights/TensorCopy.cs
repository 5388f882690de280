using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>
/// From a mapped file into a tensor of any type, device and stride, piece by piece: beside the
/// tensor itself no more than one piece is held.
/// </summary>
internal static class TensorCopy
{
    /// <summary>What a piece aims at, in bytes; a single row may be more.</summary>
    public const int PieceSize = 16 << 20;

    /// <summary>Fills a tensor of the same shape, converting its type where it differs.</summary>
    public static void Fill(
        Tensor destination, SafeTensorsFile file, SafeTensorEntry entry, int pieceSize = PieceSize)
    {
        if (entry.Size == 0)
            return;
        using var _ = no_grad();
        using var rows = destination.dim() == 0 ? destination.view(1) : destination.alias();
        var rowCount = rows.shape[0];
        var rowSize = entry.Size / rowCount;
        var pieceRows = Math.Clamp(pieceSize / rowSize, 1, rowCount);
        using var staging = Direct(rows, entry) ? null : Staging(rows, pieceRows, entry);
        for (long row = 0; row < rowCount; row += pieceRows)
        {
            var count = Math.Min(pieceRows, rowCount - row);
            using var piece = rows.narrow(0, row, count);
            FillPiece(piece, staging, file, entry, row * rowSize, checked((int)(count * rowSize)));
        }
    }

    private static void FillPiece(
        Tensor piece, Tensor? staging, SafeTensorsFile file, SafeTensorEntry entry, long offset,
        int size)
    {
        var bytes = file.Bytes(entry, offset, size);
        if (staging is null)
        {
            bytes.CopyTo(piece.bytes);
            return;
        }
        using var staged = staging.narrow(0, 0, piece.shape[0]);
        bytes.CopyTo(staged.bytes);
        using var _ = piece.copy_(staged);
    }

    // The bytes can go where they belong: same type, in this memory, row after row.
    private static bool Direct(Tensor rows, SafeTensorEntry entry) =>
        rows.dtype == entry.Type.Torch
        && rows.device_type == DeviceType.CPU
        && rows.is_contiguous();

    private static Tensor Staging(Tensor rows, long pieceRows, SafeTensorEntry entry)
    {
        var shape = (long[])rows.shape.Clone();
        shape[0] = pieceRows;
        return empty(shape, dtype: entry.Type.Torch, device: CPU);
    }
}
