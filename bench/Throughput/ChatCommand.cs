using System.CommandLine;
using Microsoft.SemanticKernel;
using SkPaged.Connector;

namespace SkPaged.Bench;

/// <summary>
/// Many chat calls through one kernel at once against the same calls one after another, in one
/// process, in turn. Both ways must give the same texts.
/// </summary>
internal static class ChatCommand
{
    private static readonly Option<int> Calls = new("--calls")
    {
        Description = "Chat calls, each a question of its own.",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int> OutputTokens = new("--output-tokens")
    {
        Description = "Tokens of each answer, no matter where the model would end it.",
        DefaultValueFactory = _ => 96,
    };

    private static readonly Option<bool> Natural = new("--natural")
    {
        Description = "Answers end where the model ends them, at most --output-tokens long.",
    };

    private static readonly Option<int> Repetitions = new("--repetitions")
    {
        Description = "Times that both ways are measured, in turn.",
        DefaultValueFactory = _ => 5,
    };

    // Until the code is compiled for good: at once, the first pass takes 1.5 times as long.
    private const int WarmUpPasses = 8;

    // Prompts are shorter.
    private const int PromptTokensMax = 128;

    public static Command Create()
    {
        var command = new Command(
            "chat", "Chat calls through one kernel: all at once against one after another.")
        {
            Calls, OutputTokens, Natural, Repetitions,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (calls, output) = (parsed.GetValue(Calls), parsed.GetValue(OutputTokens));
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(
            options => options.KvBlocks = KvBlocks(calls, output, options.BlockSize));
        var kernel = builder.Build();
        using var services = kernel.Services as IDisposable;
        var load = new ChatLoad(kernel, new PagedLlmPromptExecutionSettings
        {
            Temperature = 0,
            MaxTokens = output,
            IgnoreEos = !parsed.GetValue(Natural),
        });

        // Loads the model, lets the compiler see each way often enough, and writes all blocks.
        for (var pass = 0; pass < WarmUpPasses; pass++)
            await load.RunAsync(calls, atOnce: pass % 2 == 0 ? calls : 1);
        List<(ChatPass Single, ChatPass Many)> passes = [];
        for (var repetition = 0; repetition < parsed.GetValue(Repetitions); repetition++)
        {
            // Who goes first changes: neither way always has the other's warm machine.
            ChatPass? early =
                repetition % 2 == 1 ? await load.RunAsync(calls, atOnce: calls) : null;
            var single = await load.RunAsync(calls, atOnce: 1);
            var many = early ?? await load.RunAsync(calls, atOnce: calls);
            passes.Add((single, many));
            Console.WriteLine(
                $"one at a time {single.Rate,8:F1} tokens/s   {calls} at once {many.Rate,8:F1} "
                + $"tokens/s   ratio {many.Rate / single.Rate:F2}   "
                + $"{many.Differing(single)} texts differ");
        }

        return Report(passes);
    }

    // Twice what all calls hold, so that no block is asked of the system while time is taken, as in
    // an engine that has run for a while: salts make each pass take blocks that the last did not.
    private static int KvBlocks(int calls, int outputTokens, int blockSize) =>
        2 * calls * ((PromptTokensMax + outputTokens + blockSize - 1) / blockSize);

    private static int Report(List<(ChatPass Single, ChatPass Many)> passes)
    {
        var first = passes[0].Single;
        var ratios = Spread.Of(passes.Select(pass => pass.Many.Rate / pass.Single.Rate));
        var differing = passes.Sum(pass => pass.Many.Differing(pass.Single));
        Console.WriteLine(
            $"{first.Answers.Length} calls, {first.Mean(answer => answer.PromptTokens):F1} prompt "
            + $"and {first.Mean(answer => answer.OutputTokens):F1} output tokens each; "
            + $"{passes.Sum(pass => pass.Single.CachedTokens + pass.Many.CachedTokens)} cached");
        Console.WriteLine(
            $"one at a time {Spread.Of(passes.Select(pass => pass.Single.Rate)):F0} tokens/s");
        Console.WriteLine(
            $"at once       {Spread.Of(passes.Select(pass => pass.Many.Rate)):F0} tokens/s");
        Console.WriteLine($"ratio         {ratios:F2}");
        Console.WriteLine($"{differing} of {passes.Count * first.Answers.Length} texts differ");
        return differing == 0 ? 0 : 1;
    }
}
