using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Bench;

/// <summary>How fast this machine reads memory: sums a large buffer, in large pages
/// where there are any, with every thread at once.</summary>
internal static unsafe partial class MemoryBandwidth
{
    private const int AdviceHugePage = 14;

    // Far beyond any cache.
    private const long Bytes = 1L << 30;

    /// <summary>
    /// Bytes per second: the best of several passes, which others disturbed least.
    /// </summary>
    public static double Measure(int threads, int passes)
    {
        var buffer = (long*)NativeMemory.AlignedAlloc((nuint)Bytes, 2 << 20);
        if (OperatingSystem.IsLinux())
            _ = Advise(buffer, (nuint)Bytes, AdviceHugePage);
        try
        {
            NativeMemory.Fill(buffer, (nuint)Bytes, 1);
            return Bytes / Enumerable.Range(0, passes).Min(_ => Pass(buffer, threads));
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    private static double Pass(long* buffer, int threads)
    {
        var share = Bytes / sizeof(long) / threads / 16 * 16;
        var sums = new long[threads];
        var start = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, threads).Select(thread =>
        {
            var worker = new Thread(() => sums[thread] = Sum(buffer + thread * share, share));
            worker.Start();
            return worker;
        }).ToArray();
        foreach (var worker in workers)
            worker.Join();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(sums);
        return seconds;
    }

    private static long Sum(long* values, long count)
    {
        Vector256<long> a = default, b = default, c = default, d = default;
        for (long i = 0; i < count; i += 16)
        {
            a += Vector256.Load(values + i);
            b += Vector256.Load(values + i + 4);
            c += Vector256.Load(values + i + 8);
            d += Vector256.Load(values + i + 12);
        }
        return Vector256.Sum((a + b) + (c + d));
    }
}
