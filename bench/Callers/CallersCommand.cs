using System.CommandLine;
using System.Diagnostics;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;

namespace SkPaged.Bench;

/// <summary>
/// Many callers for a long time, with random cancellation: whether anything leaks or hangs, and how
/// long they wait for a first token. Between rounds nobody calls, and what is held is counted.
/// </summary>
internal static class CallersCommand
{
    private const int Rounds = 5;

    private static readonly TimeSpan HangsAfter = TimeSpan.FromMinutes(1);

    private static readonly Option<int> Callers = new("--callers")
    {
        Description = "Callers at once.",
        DefaultValueFactory = _ => 1000,
    };

    private static readonly Option<double> Minutes = new("--minutes")
    {
        Description = "For how long, all rounds together.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int> OutputTokens = new("--output-tokens")
    {
        Description = "Tokens of each answer.",
        DefaultValueFactory = _ => 16,
    };

    private static readonly Option<int> KvBlocks = new("--kv-blocks")
    {
        Description = "Blocks of the KV cache; by default so few that some have to give way.",
        DefaultValueFactory = _ => 512,
    };

    public static Command Create()
    {
        var command = new Command(
            "callers", "Many callers with random cancellation: leaks, hangs, waiting times.")
        {
            Callers, Minutes, OutputTokens, KvBlocks,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        await using var engine = PagedLlmEngine.LoadEmbedded(
            new() { KvBlocks = parsed.GetValue(KvBlocks) });
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(engine);
        var load = new CallerLoad(
            builder.Build().GetRequiredService<IChatCompletionService>(),
            parsed.GetValue(Callers), parsed.GetValue(OutputTokens), TimeSpan.FromSeconds(20));
        var round = TimeSpan.FromMinutes(parsed.GetValue(Minutes) / Rounds);
        List<ProcessMemory> memory = [];
        for (var number = 0; number < Rounds; number++)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                await load.RunAsync(round, HangsAfter, seed: number);
            }
            catch (TimeoutException)
            {
                Console.WriteLine($"Somebody still waits after {watch.Elapsed}: {engine.Snapshot}");
                return 2;
            }

            memory.Add(ProcessMemory.Now());
            Console.WriteLine(
                $"round {number + 1}, {watch.Elapsed.TotalSeconds:F0} s: "
                + $"{load.Tally.Answers} answers, {load.Tally.Leavings} left; {memory[^1]}; "
                + $"{engine.Snapshot.BlocksLive} blocks held");
        }

        return Report(load.Tally, engine, memory);
    }

    private static int Report(CallerTally tally, PagedLlmEngine engine, List<ProcessMemory> memory)
    {
        var now = engine.Snapshot;
        var held = now.BlocksLive + now.Running + now.Waiting;
        var flat = memory[^1].IsFlatSince(memory[0]);
        Console.WriteLine(
            $"{tally.Answers} answers, {tally.Leavings} left before theirs, {tally.Failures} "
            + $"failed{(tally.Error is { } error ? $" ({error.Message})" : "")}");
        Console.WriteLine(
            $"first token after: p50 {tally.Percentile(50):F0} ms, p90 {tally.Percentile(90):F0} "
            + $"ms, p99 {tally.Percentile(99):F0} ms, of {tally.FirstTokens} streams");
        Console.WriteLine(
            $"{now.PrefillTokens + now.DecodeTokens} tokens computed in {now.Steps} steps, "
            + $"{now.CachedTokens} found in the prefix cache, {now.Preemptions} preemptions, "
            + $"{now.BlocksLivePeak} of {now.BlocksTotal} blocks at the peak");
        Console.WriteLine(
            $"nothing held: {held == 0}; memory flat: {flat}; nobody failed: "
            + $"{tally.Failures == 0}");
        return held == 0 && flat && tally.Failures == 0 ? 0 : 1;
    }
}
