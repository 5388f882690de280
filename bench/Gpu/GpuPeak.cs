using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>What a GPU delivers here and now, by torch's own kernels.</summary>
/// <param name="BytesPerSecond">Of a large copy, read and written.</param>
/// <param name="OperationsPerSecond">Of a large product in bfloat16.</param>
internal readonly record struct GpuPeak(double BytesPerSecond, double OperationsPerSecond)
{
    private const long CopyBytes = 2L << 30;
    private const int Width = 8192, Rounds = 10;

    public static GpuPeak Measure()
    {
        using var scope = NewDisposeScope();
        var (from, to) = (
            empty(CopyBytes, dtype: ScalarType.Byte, device: CUDA).fill_(1),
            empty(CopyBytes, dtype: ScalarType.Byte, device: CUDA));
        var copy = Seconds(() => to.copy_(from));
        // Zeros would run faster than real numbers.
        var (a, b) = (
            randn(Width, Width, device: CUDA).to(ScalarType.BFloat16),
            randn(Width, Width, device: CUDA).to(ScalarType.BFloat16));
        var product = Seconds(() => matmul(a, b).Dispose());
        return new(2 * CopyBytes / copy, 2.0 * Width * Width * Width / product);
    }

    // The median of three, after one that warms up.
    private static double Seconds(Action work)
    {
        var times = new double[4];
        for (var i = 0; i < times.Length; i++)
        {
            cuda.synchronize();
            var start = Stopwatch.GetTimestamp();
            for (var round = 0; round < Rounds; round++)
                work();
            cuda.synchronize();
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds / Rounds;
        }
        return times[1..].Order().ElementAt(1);
    }
}
