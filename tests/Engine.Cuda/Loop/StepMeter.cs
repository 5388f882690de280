using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Of one step: medians, and the mean of what is allocated in bursts too.</summary>
internal readonly record struct Cost(double Microseconds, double Bytes, double BytesMean)
{
    public static Cost operator -(Cost left, Cost right) =>
        new(
            left.Microseconds - right.Microseconds,
            left.Bytes - right.Bytes,
            left.BytesMean - right.BytesMean);

    public override string ToString() =>
        $"{Microseconds,7:F1} us {Bytes,7:F0} bytes (mean {BytesMean,7:F0})";
}

/// <summary>
/// An executor that computes nothing and measures what its caller does from one step's result to
/// the next step's plan. Counts steps only in which all sequences decode.
/// </summary>
internal sealed class StepMeter(int sequences, int warmUp, int steps) : IStepExecutor
{
    private readonly ImmutableArray<SampledToken> _samples =
        [.. Enumerable.Repeat(new SampledToken(new TokenId(7)), sequences)];

    private readonly double[] _microseconds = new double[steps];
    private readonly double[] _bytes = new double[steps];
    private readonly ManualResetEventSlim _begin = new();
    private long _leftAt;
    private long _leftBytes;
    private int _step = -warmUp;

    /// <summary>What a step takes: time enough for all readers to wait again.</summary>
    public TimeSpan Pace { get; init; }

    public bool Done => Volatile.Read(ref _step) >= steps;

    public Cost Cost =>
        new(Quantile(_microseconds, 0.5), Quantile(_bytes, 0.5), _bytes.Average());

    public static double Quantile(double[] values, double share) =>
        values.Order().ElementAt((int)(share * (values.Length - 1)));

    // All requests must be there, or some would end before the last has begun.
    public void Begin() => _begin.Set();

    public StepResult Execute(StepPlan plan)
    {
        if (plan.Rows == sequences && plan.TokensTotal == sequences)
            Measure();
        _begin.Wait(Waits.Long);
        Thread.Sleep(Pace);
        var result = new StepResult(
            plan.Id, plan.Rows == sequences ? _samples : _samples[..plan.SamplesTotal]);
        _leftBytes = GC.GetAllocatedBytesForCurrentThread();
        _leftAt = Stopwatch.GetTimestamp();
        return result;
    }

    public void Dispose() => _begin.Dispose();

    private void Measure()
    {
        if (_step >= 0 && _step < steps)
        {
            _microseconds[_step] = Stopwatch.GetElapsedTime(_leftAt).TotalMicroseconds;
            _bytes[_step] = GC.GetAllocatedBytesForCurrentThread() - _leftBytes;
        }

        Volatile.Write(ref _step, _step + 1);
    }
}
