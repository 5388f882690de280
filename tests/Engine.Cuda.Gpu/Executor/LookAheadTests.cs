using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// Steps that are begun before the tokens of the step before them are known give what they give
/// when each is awaited.
/// </summary>
public class LookAheadTests
{
    private const int Steps = 12, BlockSize = 16;

    private static readonly SamplingParams[] _wishes =
    [
        SamplingParams.Greedy,
        new() { Seed = 1, TopP = 0.9f, Logprobs = 2 },
        SamplingParams.Greedy with { RepetitionPenalty = 1.5f, Logprobs = 1 },
        new() { Seed = 2, PresencePenalty = 1, FrequencyPenalty = 0.5f },
        new() { Seed = 3, TopK = 5 },
    ];

    private readonly List<StepResult> _expected = [];

    [SkippableTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public async Task Tokens_are_those_of_steps_that_are_awaited(ScalarType dtype)
    {
        using var engine = GpuModel.Reference(Runner.Kernels, "qwen3", dtype);
        var (one, other) = (Sequences(engine), Sequences(engine));
        var begun = new Queue<Task<StepResult>>();
        for (var step = 0; step < Steps; step++)
        {
            var expected = engine.Execute(
                TestPlan.Of(BlockSize, Rows(one, step, row => row.Uncomputed)));
            Append(one, step, expected);
            _expected.Add(expected);
        }
        for (var step = 0; step < Steps; step++)
        {
            begun.Enqueue(engine.Begin(Ahead(other, step)));
            if (step > 0)
                await CheckAsync(begun.Dequeue(), step - 1);
        }
        await CheckAsync(begun.Dequeue(), Steps - 1);

        async Task CheckAsync(Task<StepResult> task, int step)
        {
            var actual = await task;
            SampleCloseness.Check(_expected[step].Samples, actual.Samples);
            Append(other, step, actual);
        }
    }

    [SkippableFact]
    public async Task A_step_behind_one_that_failed_runs()
    {
        using var engine = GpuModel.Reference(Runner.Kernels, "qwen3");
        var sequence = engine.Numbered(0, [1, 2, 3]);
        var plan = TestPlan.Of(BlockSize, TestRow.Rest(sequence));
        var wrong = plan with { TokenLogs = [AppendLog<TokenId>.From([new(1), new(-1), new(1)])] };
        var (failed, next) = (engine.Begin(wrong), engine.Begin(plan));
        await Assert.ThrowsAsync<ArgumentException>(() => failed);
        Assert.Equal(plan.Id, (await next).Step);
        var beyond = TestPlan.Of(BlockSize, new TestRow(sequence, 1, SamplingParams.Greedy)) with
        {
            Awaited = [100_000],
        };
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Begin(beyond));
    }

    private static TestSequence[] Sequences(GpuModel engine) =>
    [
        .. _wishes.Select((_, id) =>
            engine.Numbered(id, [.. Enumerable.Range(3 + 20 * id, 4 + 3 * id)])),
    ];

    // Rows change places from step to step.
    private static T[] InOrder<T>(IEnumerable<T> rows, int step) =>
        step % 2 == 0 ? [.. rows] : [.. rows.Reverse()];

    private static TestRow[] Rows(
        TestSequence[] sequences, int step, Func<TestSequence, int> count) =>
        InOrder(
            sequences.Zip(_wishes, (each, wish) => new TestRow(each, count(each), wish)), step);

    private static StepPlan Ahead(TestSequence[] sequences, int step) => step == 0
        ? TestPlan.Of(BlockSize, Rows(sequences, step, row => row.Uncomputed))
        : TestPlan.Of(BlockSize, Rows(sequences, step, _ => 1)) with
        {
            Awaited = [.. Enumerable.Range(0, _wishes.Length).Reverse()],
        };

    private static void Append(TestSequence[] sequences, int step, StepResult result)
    {
        foreach (var (sequence, sample) in InOrder(sequences, step).Zip(result.Samples))
            sequence.Append(sample.Token.Value);
    }
}
