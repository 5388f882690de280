using System.CommandLine;
using System.Diagnostics;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;

const string passage =
    """
    You answer questions about the harbour cafe.

    The Blue Anchor is a cafe. It lies in Lindholm. Mira Toft runs the Blue Anchor.
    It opens at 7:30 and closes at 18:00. Jonas Reed bakes the bread.
    The coffee costs 3 euros. The soup costs 6 euros. The ferry to Skarvik leaves at 9:15.
    Elsa Brandt keeps the keys of the boat house.
    """;

string[] questions =
[
    "When does the Blue Anchor open?", "Who runs the Blue Anchor?", "How much is the soup?",
    "Where is the Blue Anchor?", "Who bakes the bread?", "When does the ferry to Skarvik leave?",
    "How much is the coffee?", "Who keeps the keys of the boat house?",
];

var model = new Option<string?>("--model") { Description = "A Hugging Face folder." };
var prompt = new Option<string>("--prompt") { DefaultValueFactory = _ => questions[0] };
var command = new RootCommand("Streams an answer, then asks 8 agents at once.") { model, prompt };
command.SetAction((parsed, _) => RunAsync(parsed.GetValue(model), parsed.GetValue(prompt)!));
return await command.Parse(args).InvokeAsync();

async Task<int> RunAsync(string? folder, string asked)
{
    // The lines that make a kernel's chat completion run in this process.
    await using var engine = folder is null
        ? PagedLlmEngine.LoadEmbedded() : PagedLlmEngine.Load(folder);
    var builder = Kernel.CreateBuilder();
    builder.AddPagedLlmChatCompletion(engine);
    var chat = builder.Build().GetRequiredService<IChatCompletionService>();
    var settings = new PagedLlmPromptExecutionSettings { MaxTokens = 64 };

    Console.WriteLine($"{engine.ModelId} > {asked}\n");
    var (start, first) = (Process.GetCurrentProcess().StartTime, default(DateTime?));
    var inner = default(object);
    await foreach (var part in chat.GetStreamingChatMessageContentsAsync(History(asked), settings))
    {
        Console.Write(part.Content);
        (first, inner) = (first ?? DateTime.Now, part.InnerContent);
    }

    Console.WriteLine($"\n\n{Figures(inner)}");
    Console.WriteLine($"first token {(first - start)?.TotalSeconds:F2} s after process start\n");
    Console.WriteLine("8 agents at once over one shared prefix:");
    var answers = await Task.WhenAll(questions
        .Select(question => chat.GetChatMessageContentAsync(History(question), settings)));
    foreach (var (question, answer) in questions.Zip(answers))
        Console.WriteLine($"  {question,-40} {answer.Content,-44} {Figures(answer.InnerContent)}");
    Console.WriteLine($"\nKV cache: at most {engine.Snapshot.BlocksLivePeak} of "
        + $"{engine.Snapshot.BlocksTotal} blocks in use");
    return 0;
}

static ChatHistory History(string question)
{
    var history = new ChatHistory(passage);
    history.AddUserMessage(question);
    return history;
}

static string Figures(object? inner) =>
    inner is not PagedLlmResult told ? ""
        : $"[TTFT {told.TimeToFirstToken?.TotalMilliseconds:F0} ms, "
            + $"{told.TokensPerSecond:F0} tokens/s, {told.CachedTokens} cached]";
