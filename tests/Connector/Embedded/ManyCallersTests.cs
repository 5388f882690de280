using SkPaged.Bench;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// A short form of <c>bench -- callers</c>: some hundreds of callers at once, many of whom leave.
/// Alone in the process: it measures the process's memory.
/// </summary>
[Collection(nameof(CancellationStressTests))]
public sealed class ManyCallersTests(ITestOutputHelper output)
{
    private const int Callers = 250;

    [Fact]
    public async Task Many_callers_at_once_leave_nothing_behind()
    {
        await using var engine = PagedLlmEngine.LoadEmbedded(new() { KvBlocks = 256 });
        var load = new CallerLoad(
            new PagedLlmChatCompletionService(engine), Callers, outputTokens: 3,
            patience: TimeSpan.FromSeconds(2));
        List<ProcessMemory> memory = [];
        for (var round = 0; round < 3; round++)
        {
            await load.RunAsync(TimeSpan.Zero, TimeSpan.FromMinutes(1), seed: round);
            await Wait.Until(() => engine.Snapshot is { BlocksLive: 0, Running: 0, Waiting: 0 });
            memory.Add(ProcessMemory.Now());
            output.WriteLine($"{memory[^1]}");
        }

        var tally = load.Tally;
        output.WriteLine(
            $"{tally.Answers} answers, {tally.Leavings} left; p99 {tally.Percentile(99):F0} ms");
        Assert.Null(tally.Error);
        Assert.Equal(3 * Callers, tally.Answers + tally.Leavings);
        Assert.InRange(tally.Leavings, Callers / 10, 2 * Callers);
        Assert.InRange(tally.FirstTokens, Callers / 2, 2 * Callers);
        Assert.True(memory[2].IsFlatSince(memory[0]), $"{memory[0]} -> {memory[2]}");
    }
}
