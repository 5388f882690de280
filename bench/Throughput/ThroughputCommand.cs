using System.CommandLine;
using System.Diagnostics;
using SkPaged.Connector;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// Many requests at once against the same requests one after another, in one process: what
/// batching is worth. Each request has its own prompt and generates a fixed number of tokens.
/// </summary>
internal static class ThroughputCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        Description = "A Hugging Face folder, or 'embedded'.",
        DefaultValueFactory = _ => "embedded",
    };

    private static readonly Option<int> Requests = new("--requests")
    {
        Description = "Requests in flight at once.",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int> PromptTokens = new("--prompt-tokens")
    {
        Description = "Tokens of each prompt, drawn by a fixed seed.",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int> OutputTokens = new("--output-tokens")
    {
        Description = "Tokens that each request generates.",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int> Repetitions = new("--repetitions")
    {
        Description = "Times that both ways are measured, in turn.",
        DefaultValueFactory = _ => 3,
    };

    public static Command Create()
    {
        var command = new Command(
            "throughput", "Tokens per second of many requests at once against one at a time.")
        {
            Model, Requests, PromptTokens, OutputTokens, Repetitions,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var model = parsed.GetValue(Model)!;
        var requests = parsed.GetValue(Requests);
        using var engine = LlmEngine.Load(
            model == "embedded" ? EmbeddedModel.Extract() : model,
            new LlmEngineOptions { MaxSequences = requests });
        var load = new TokenLoad(
            engine, parsed.GetValue(PromptTokens), parsed.GetValue(OutputTokens));
        await load.RunAsync(first: 0, requests: 4, atOnce: 4);

        var ratios = new List<double>();
        for (var repetition = 0; repetition < parsed.GetValue(Repetitions); repetition++)
        {
            // A quarter of the requests is enough to time one at a time, and keeps the runs alike
            // in length.
            var single = await load.RunAsync(first: 0, requests / 4, atOnce: 1);
            var many = await load.RunAsync(first: 0, requests, atOnce: requests);
            ratios.Add(many / single);
            Console.WriteLine(
                $"one at a time {single,9:F1} tokens/s   {requests} at once {many,9:F1} tokens/s   "
                + $"ratio {many / single:F2}");
        }

        ratios.Sort();
        Console.WriteLine(
            $"ratio: median {ratios[ratios.Count / 2]:F2}, {ratios[0]:F2} to {ratios[^1]:F2}");
        return 0;
    }
}

/// <summary>Requests of fixed lengths against one engine.</summary>
internal sealed class TokenLoad(LlmEngine engine, int promptTokens, int outputTokens)
{
    private readonly StopRule _stop = new() { MaxTokens = outputTokens };

    /// <summary>Output tokens per second.</summary>
    public async Task<double> RunAsync(int first, int requests, int atOnce)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(first, requests),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            async (request, cancellation) => await GenerateAsync(request));
        return requests * (double)outputTokens / watch.Elapsed.TotalSeconds;
    }

    private async Task GenerateAsync(int request)
    {
        var random = new Random(request);
        var vocabulary = engine.ModelConfig.VocabularySize;
        await using var generation = engine.Loop.Submit(
            [.. Enumerable.Range(0, promptTokens)
                .Select(_ => new TokenId(random.Next(vocabulary)))],
            SamplingParams.Greedy,
            _stop);
        await foreach (var _ in generation.ReadAllAsync())
        {
        }
    }
}
