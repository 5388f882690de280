using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector;
using SkPaged.Tools;

string[] questions = args.Length > 0 ? args :
[
    "When does the ferry to Skarvik leave?",
    "What is the temperature in Lindholm?",
    "Turn on the lamp Elsa.",
    "What is the temperature in Lindholm and in Skarvik?",
    "Thank you!",
];

// A model in this process that calls this process's functions: no server, no key, no network.
await using var engine = PagedLlmEngine.LoadEmbedded();
var builder = Kernel.CreateBuilder();
builder.AddPagedLlmChatCompletion(engine);
builder.Plugins.AddFromType<Harbour>();
var kernel = builder.Build();
kernel.AutoFunctionInvocationFilters.Add(new Narrator());
var chat = kernel.GetRequiredService<IChatCompletionService>();
var settings = new PagedLlmPromptExecutionSettings
{
    MaxTokens = 128,
    FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(
        options: new() { AllowConcurrentInvocation = true }),
};

// One conversation: each prompt begins with all that was said and called before it, token by token,
// so the model computes the new words only.
var history = new ChatHistory();
foreach (var question in questions)
{
    Console.WriteLine($"> {question}");
    history.AddUserMessage(question);
    var answer = await chat.GetChatMessageContentAsync(history, settings, kernel);
    history.Add(answer);
    var told = (PagedLlmResult)answer.InnerContent!;
    Console.WriteLine(
        $"{answer.Content} [{told.CachedTokens} of {told.PromptTokens} prompt tokens cached]\n");
}
