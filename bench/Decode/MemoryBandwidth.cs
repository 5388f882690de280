using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// How fast this machine reads memory: sums a large buffer with every thread at once. Buffer and
/// threads are such as a model's: from the same allocator, large pages and all, and a team.
/// </summary>
/// <remarks>
/// The threads live on between passes. New ones were seen to start both on one of two cores, one
/// after the other: such a pass shows what one core can read.
/// </remarks>
internal sealed unsafe class MemoryBandwidth : IDisposable
{
    // Far beyond any cache.
    private const long Bytes = 1L << 30;
    private const int ChunksPerThread = 4;

    private readonly WorkerTeam _team;
    private readonly Tensor _buffer;
    private readonly long* _values;
    private readonly long[] _sums;
    private readonly Action<int, int> _sum;

    public MemoryBandwidth(int threads)
    {
        _team = new(threads);
        _buffer = empty(Bytes / sizeof(long), dtype: ScalarType.Int64, device: CPU).WithHugePages();
        _buffer.fill_(1);
        _values = (long*)TensorMemory.Pointer(_buffer);
        _sums = new long[ChunksPerThread * threads];
        var share = Bytes / sizeof(long) / _sums.Length / 16 * 16;
        _sum = (chunk, _) => _sums[chunk] = Sum(_values + chunk * share, share);
    }

    /// <summary>
    /// Bytes per second: the best of several passes, which others disturbed least.
    /// </summary>
    public double Measure(int passes)
    {
        _team.Wake();
        var seconds = Enumerable.Range(0, passes).Min(_ => Pass());
        _team.Rest();
        return Bytes / seconds;
    }

    public void Dispose()
    {
        _team.Dispose();
        _buffer.Dispose();
    }

    private double Pass()
    {
        var start = Stopwatch.GetTimestamp();
        _team.Run(_sums.Length, _sum);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
