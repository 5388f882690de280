using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace SkPaged.Bench;

/// <summary>Time and bytes of one scheduler step in steady decode.</summary>
[MemoryDiagnoser]
public class SteadyDecodeBenchmarks
{
    private const int Steps = 1024;

    /// <summary>One invocation an iteration: a state that has grown is never measured again.</summary>
    public static IConfig Config { get; } = DefaultConfig.Instance.AddJob(
        Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithInvocationCount(1)
            .WithUnrollFactor(1)
            .WithWarmupCount(20)
            .WithIterationCount(20));

    private SteadyDecode _decode = null!;

    /// <summary>Rows of each step.</summary>
    [Params(64, 256, 1024)]
    public int Sequences { get; set; }

    /// <summary>A fresh engine: the one before has grown by <c>Steps</c> tokens a sequence.</summary>
    [IterationSetup]
    public void Setup() => _decode = new SteadyDecode(Sequences);

    /// <summary>StepWanted and StepCompleted.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    public void Step()
    {
        for (var i = 0; i < Steps; i++)
            _decode.Step();
    }
}
