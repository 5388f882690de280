using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Machine code in pages of its own: written once, then read-only and executable.
/// </summary>
internal sealed unsafe partial class ExecutableMemory : IDisposable
{
    private const int Read = 1, Write = 2, Execute = 4;
    private const int PrivateAnonymous = 0x22;

    private readonly nuint _length;
    private void* _start;

    private ExecutableMemory(void* start, nuint length)
    {
        _start = start;
        _length = length;
    }

    /// <summary>The first byte of the code.</summary>
    public void* Start => _start;

    /// <summary>Null where the system does not let a process make code.</summary>
    public static ExecutableMemory? TryCreate(ReadOnlySpan<byte> code)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var length = (nuint)code.Length;
        var start = Map(null, length, Read | Write, PrivateAnonymous, -1, 0);
        if ((nint)start == -1)
            return null;
        var memory = new ExecutableMemory(start, length);
        code.CopyTo(new Span<byte>(start, code.Length));
        if (Protect(start, length, Read | Execute) == 0)
            return memory;
        memory.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is not null)
            _ = Unmap(_start, _length);
        _start = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(
        void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
