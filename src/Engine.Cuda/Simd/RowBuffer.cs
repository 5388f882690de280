using SkPaged.Engine.Cuda.Memory;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// Rows of elements that both torch and the kernels work on. The memory is reserved at once and
/// taken as it is first touched.
/// </summary>
internal sealed unsafe class RowBuffer<T> : IDisposable
    where T : unmanaged, IElement<T>
{
    private readonly Tensor _tensor;
    private Tensor? _top;
    private Tensor[] _columns = [];
    private int _viewRows = -1;

    public RowBuffer(int rows, int width)
    {
        (Rows, Width) = (rows, width);
        _tensor = empty([rows, width], dtype: Element.Of<T>(), device: CPU).WithHugePages();
        Data = (T*)TensorMemory.Pointer(_tensor);
    }

    public int Rows { get; }

    public int Width { get; }

    /// <summary>Row 0.</summary>
    public T* Data { get; }

    public T* Row(int row) => Data + (nint)row * Width;

    /// <summary>The first rows as a tensor that this owns and keeps for the next call.</summary>
    public Tensor Top(int rows)
    {
        Look(rows);
        return _top!;
    }

    /// <summary>
    /// The first rows of the columns of each part, as tensors that this owns and keeps for the
    /// next call.
    /// </summary>
    public ReadOnlySpan<Tensor> Columns(int rows, int parts)
    {
        Look(rows);
        if (_columns.Length != parts)
        {
            DropColumns();
            _columns = [.. Enumerable.Range(0, parts).Select(part => ColumnsOf(part, parts))];
        }
        return _columns;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DropColumns();
        _top?.Dispose();
        _tensor.Dispose();
    }

    private void Look(int rows)
    {
        if (rows == _viewRows)
            return;
        DropColumns();
        _top?.Dispose();
        _top = _tensor.narrow(0, 0, rows);
        _viewRows = rows;
    }

    private Tensor ColumnsOf(int part, int parts)
    {
        var (first, count) = Share.Of(Width, parts, part);
        return _top!.narrow(1, first, count);
    }

    private void DropColumns()
    {
        foreach (var view in _columns)
            view.Dispose();
        _columns = [];
    }
}
