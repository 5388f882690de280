using System.Diagnostics;
using System.Runtime.Intrinsics;
using SkPaged.Engine.Cuda.Memory;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// How fast this machine reads memory: sums a large buffer with every thread at once. The buffer is
/// taken from where weights come from, large pages and all.
/// </summary>
internal sealed unsafe class MemoryBandwidth : IDisposable
{
    // Far beyond any cache.
    private const long Bytes = 1L << 30;

    private readonly int _threads;
    private readonly Tensor _buffer;
    private readonly long* _values;

    public MemoryBandwidth(int threads)
    {
        _threads = threads;
        _buffer = empty(Bytes / sizeof(long), dtype: ScalarType.Int64, device: CPU).WithHugePages();
        _buffer.fill_(1);
        _values = (long*)TensorMemory.Pointer(_buffer);
    }

    /// <summary>
    /// Bytes per second: the best of several passes, which others disturbed least.
    /// </summary>
    public double Measure(int passes) => Bytes / Enumerable.Range(0, passes).Min(_ => Pass());

    public void Dispose() => _buffer.Dispose();

    private double Pass()
    {
        var share = Bytes / sizeof(long) / _threads / 16 * 16;
        var sums = new long[_threads];
        var start = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, _threads).Select(thread =>
        {
            var worker = new Thread(() => sums[thread] = Sum(_values + thread * share, share));
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
