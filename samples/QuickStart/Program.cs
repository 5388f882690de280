using System.CommandLine;
using System.Diagnostics;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;

const string passage =
    """
    You answer questions about the harbour cafe.

    The Blue Anchor is a cafe in Lindholm. Mira Toft runs the Blue Anchor. It opens at 7:30 and closes
    at 18:00. Jonas Reed bakes the bread. A cup of coffee costs 3 euros and a bowl of soup costs 6 euros.
    The ferry to Skarvik leaves at 9:15. Elsa Brandt keeps the keys of the boat house.
    """;

var settings = new PagedLlmPromptExecutionSettings { MaxTokens = 64 };

string[] questions =
[
    "Who runs the Blue Anchor?", "When does the Blue Anchor open?", "How much is a bowl of soup?",
    "Where is the Blue Anchor?", "Who bakes the bread?", "When does the ferry to Skarvik leave?",
    "How much is a cup of coffee?", "Who keeps the keys of the boat house?",
];

var model = new Option<string?>("--model") { Description = "A Hugging Face folder." };
var prompt = new Option<string?>("--prompt") { Description = "Your own question." };
var command = new RootCommand("Streams an answer, then asks 8 agents at once.") { model, prompt };
command.SetAction((parsed, _) => RunAsync(parsed.GetValue(model), parsed.GetValue(prompt)));
return await command.Parse(args).InvokeAsync();

async Task<int> RunAsync(string? folder, string? question)
{
    var start = Process.GetCurrentProcess().StartTime;
    await using var engine = folder is null
        ? PagedLlmEngine.LoadEmbedded()
        : PagedLlmEngine.Load(folder);

    // The three lines that make a kernel's chat completion run in this process.
    var builder = Kernel.CreateBuilder();
    builder.AddPagedLlmChatCompletion(engine);
    var chat = builder.Build().GetRequiredService<IChatCompletionService>();

    Console.WriteLine($"{engine.ModelId} > {question ?? questions[1]}\n");
    TimeSpan? firstToken = null;
    StreamingChatMessageContent? last = null;
    await foreach (var part in chat.GetStreamingChatMessageContentsAsync(
        History(question ?? questions[1]), settings))
    {
        Console.Write(part.Content);
        (firstToken, last) = (firstToken ?? DateTime.Now - start, part);
    }

    Console.WriteLine($"\n\n{Figures(last?.InnerContent)}");
    Console.WriteLine($"first token {firstToken?.TotalSeconds:F2} s after process start\n");
    Console.WriteLine("8 agents at once over one shared prefix:");
    var answers = await Task.WhenAll(questions.Select(q => chat.GetChatMessageContentAsync(History(q), settings)));
    foreach (var (asked, answer) in questions.Zip(answers))
        Console.WriteLine($"  {asked,-40} {answer.Content,-48} {Figures(answer.InnerContent)}");
    var pool = engine.Snapshot;
    Console.WriteLine($"\nKV cache: at most {pool.BlocksLivePeak} of {pool.BlocksTotal} blocks in use");
    return 0;
}

static ChatHistory History(string question)
{
    var history = new ChatHistory(passage);
    history.AddUserMessage(question);
    return history;
}

static string Figures(object? inner) =>
    inner is PagedLlmResult result
        ? $"[TTFT {result.TimeToFirstToken?.TotalMilliseconds:F0} ms, "
            + $"{result.TokensPerSecond:F0} tokens/s, {result.CachedTokens} cached]"
        : "";
