using System.Diagnostics;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// What becomes of requests where CUDA fails under them: a launch that is refused fails its step, a
/// device that is lost ends the engine, and nobody waits for ever.
/// </summary>
public class FaultTests
{
    // Set where this test assembly runs itself: a lost device is lost for the whole process.
    private const string OwnProcess = "SKPAGED_TESTS_MAY_LOSE_DEVICE";

    // Writes to an address that nobody has.
    private const string Source =
        """
        extern "C" __global__ void fault(int* nowhere) { *nowhere = 1; }
        """;

    private static readonly TimeSpan _long = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task A_launch_that_is_refused_fails_its_step_and_the_engine_goes_on()
    {
        using var fault = new Fault();
        var isFailing = false;
        await using var engine = Open(length: 256, (_, _) =>
        {
            if (Volatile.Read(ref isFailing))
                fault.Launch(blocks: 0);
        });
        var before = await ReadAsync(Submit(engine, tokens: 20));
        Volatile.Write(ref isFailing, true);
        var thrown = await Assert.ThrowsAsync<StepFailedException>(
            () => ReadAsync(Submit(engine, tokens: 20)).WaitAsync(_long));
        Volatile.Write(ref isFailing, false);
        Assert.False(Assert.IsType<CudaException>(thrown.InnerException).IsFatal);
        Assert.Contains("of fault", thrown.Message, StringComparison.Ordinal);
        Assert.Null(engine.Loop.Failure);
        Assert.Equal(before, await ReadAsync(Submit(engine, tokens: 20)));
    }

    [SkippableFact]
    public void A_lost_device_ends_the_engine_in_a_process_of_its_own()
    {
        _ = Gpu.TorchDevice();
        var program = Path.Combine(
            AppContext.BaseDirectory, typeof(FaultTests).Assembly.GetName().Name!);
        Skip.IfNot(File.Exists(program), $"{program} is not there");
        using var process = Process.Start(new ProcessStartInfo(
            program, [nameof(A_lost_device_ends_everyone_and_nothing_hangs)])
        {
            RedirectStandardOutput = true,
            Environment = { [OwnProcess] = "1" },
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(2 * _long))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("it hangs");
        }
        Assert.Contains("1 passed, 0 failed, 0 skipped", output.Result, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    [SkippableFact]
    public async Task A_lost_device_ends_everyone_and_nothing_hangs()
    {
        Skip.If(
            Environment.GetEnvironmentVariable(OwnProcess) is not { Length: > 0 },
            "it loses the device for its process, and has one of its own: the test above");
        using var fault = new Fault();
        var engine = Open(length: 1 << 15, logitsSeen: null);
        var first = Submit(engine, tokens: 30_000);
        var others = Enumerable.Range(0, 7).Select(_ => Submit(engine, tokens: 30_000)).ToArray();
        var readers = others.Select(ReadAsync).ToArray();
        // All of them are under way, and steps are in flight.
        var count = 0;
        var thrown = await Assert.ThrowsAsync<EngineFailedException>(async () =>
        {
            await foreach (var _ in first.ReadAllAsync())
                if (++count == 50)
                    fault.Launch(blocks: 1);
        }).WaitAsync(_long);
        Assert.InRange(count, 50, 29_999);
        var lost = Assert.IsType<ExecutorLostException>(thrown.InnerException);
        Assert.True(Assert.IsType<CudaException>(lost.InnerException).IsFatal);
        foreach (var reader in readers)
            await Assert.ThrowsAsync<EngineFailedException>(() => reader.WaitAsync(_long));
        Assert.Same(lost, engine.Loop.Failure);
        Assert.True(engine.Loop.HasEnded);
        Assert.Throws<EngineFailedException>(() => Submit(engine, tokens: 1));
        await engine.DisposeAsync().AsTask().WaitAsync(_long);
        // Another engine of this process is told so as well.
        Assert.ThrowsAny<Exception>(() => Open(length: 256, logitsSeen: null));
    }

    private static ScheduledModel Open(int length, Action<StepPlan, Tensor>? logitsSeen)
    {
        var device = Gpu.TorchDevice();
        var config = new SchedulerConfig
        {
            BlockSize = 16,
            BlocksTotal = 8 * length / 16,
            MaxModelLength = length,
            VocabularySize = ScheduledModel.Vocabulary,
            MaxBatchedTokens = 128,
            MaxSequences = 8,
        };
        var model = new ScheduledModel("qwen3", config, model => new CudaExecutor(
            model, DecoderWeights.RandomOfCpu(model, ScalarType.BFloat16, device, seed: 5),
            ScheduledModel.Sizes(config, device))
        {
            LogitsSeen = logitsSeen,
        });
        model.Go();
        return model;
    }

    private static Generation Submit(ScheduledModel engine, int tokens) =>
        engine.Loop.Submit(
            [.. Enumerable.Range(1, 5).Select(id => new TokenId(id))], SamplingParams.Greedy,
            new StopRule { MaxTokens = tokens });

    private static async Task<int[]> ReadAsync(Generation generation)
    {
        var tokens = new List<int>();
        await foreach (var next in generation.ReadAllAsync())
            if (next is TokenEvent.Token token)
                tokens.Add(token.Sample.Token.Value);
        return [.. tokens];
    }

    /// <summary>A kernel that harms the device's context, in a stream of its own.</summary>
    private sealed class Fault : IDisposable
    {
        private readonly CudaContext _context;
        private readonly CudaStream _stream;
        private readonly CudaModule _module;
        private readonly Kernel _kernel;

        public Fault()
        {
            _ = Gpu.TorchDevice();
            _context = CudaContext.Open(0);
            _stream = CudaStream.Create();
            var compiler = new KernelCompiler(_context, new(null));
            _module = compiler.Load(compiler.Compile(
                "fault.cu", Source, new(ScalarType.Float32, 64, 4, 2, 16)));
            _kernel = new(_module, "fault", threads: 32);
        }

        // No blocks: the launch is refused, and nothing is harmed.
        public void Launch(int blocks)
        {
            _context.MakeCurrent();
            _kernel.Launch(_stream, new(blocks), (nint)16);
        }

        public void Dispose()
        {
            _module.Dispose();
            _stream.Dispose();
            _context.Dispose();
        }
    }
}
