using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>
/// A safetensors file, mapped into memory: a tensor's bytes are read when they are asked for.
/// </summary>
internal sealed unsafe class SafeTensorsFile : IDisposable
{
    private readonly MemoryMappedFile _map;

    private readonly MemoryMappedViewAccessor _view;

    private readonly byte* _data;

    private bool _isDisposed;

    private SafeTensorsFile(
        string path, SafeTensorsHeader header, MemoryMappedFile map, MemoryMappedViewAccessor view)
    {
        (Path, Header, _map, _view) = (path, header, map, view);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + header.DataOffset;
    }

    public string Path { get; }

    public SafeTensorsHeader Header { get; }

    /// <summary>Reads and checks the header, and maps the file.</summary>
    /// <exception cref="ModelFileException">The file cannot be read or is corrupt.</exception>
    public static SafeTensorsFile Open(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            var header = ReadHeader(path, handle);
            var map = MemoryMappedFile.CreateFromFile(
                path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            try
            {
                var view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
                return new(path, header, map, view);
            }
            catch
            {
                map.Dispose();
                throw;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(path, null, $"cannot be read: {cause.Message}", cause);
        }
    }

    /// <summary>The bytes [offset, offset + count) of a tensor's data.</summary>
    public ReadOnlySpan<byte> Bytes(SafeTensorEntry entry, long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.Size - count);
        return new(_data + entry.Begin + offset, count);
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private static SafeTensorsHeader ReadHeader(string path, SafeFileHandle handle)
    {
        var fileLength = RandomAccess.GetLength(handle);
        var start = new byte[SafeTensorsHeader.LengthSize];
        var read = Fill(handle, start, 0);
        var json = new byte[SafeTensorsHeader.Length(path, start.AsSpan(0, read), fileLength)];
        read = Fill(handle, json, SafeTensorsHeader.LengthSize);
        return SafeTensorsHeader.Parse(path, json.AsMemory(0, read), fileLength);
    }

    private static int Fill(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length
            && RandomAccess.Read(handle, buffer[filled..], offset + filled) is > 0 and var read)
            filled += read;
        return filled;
    }
}
