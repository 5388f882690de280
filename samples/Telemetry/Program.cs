using System.ComponentModel;
using System.Diagnostics;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SkPaged.Connector;
using SkPaged.Telemetry;

// Asks a model in this process, and prints all that OpenTelemetry is told of it.
List<Activity> spans = [];
List<Metric> metrics = [];

#region telemetry
using var tracing = Sdk.CreateTracerProviderBuilder()
    .AddSource(PagedLlmTelemetry.Name)
    .AddInMemoryExporter(spans)     // or any other: OTLP, Prometheus, ...
    .Build();
using var metering = Sdk.CreateMeterProviderBuilder()
    .AddMeter(PagedLlmTelemetry.Name)
    .AddInMemoryExporter(metrics)
    .Build();
#endregion

await using var engine = PagedLlmEngine.LoadEmbedded();
var builder = Kernel.CreateBuilder();
builder.AddPagedLlmChatCompletion(engine);
builder.AddPagedLlmTextGeneration(engine);
var kernel = builder.Build();
kernel.ImportPluginFromFunctions("Price", [kernel.CreateFunctionFromMethod(
    ([Description("The product")] string product) => product == "soup" ? "6 euros" : "3 euros",
    "GetPrice", "Get the current price of a product.")]);
var chat = kernel.GetRequiredService<IChatCompletionService>();

await chat.GetChatMessageContentAsync(
    "What is the price of the soup?",
    new PagedLlmPromptExecutionSettings
    {
        MaxTokens = 64,
        FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
    },
    kernel);
await Task.WhenAll(Enumerable.Range(0, 8).Select(StreamAsync));
await kernel.GetRequiredService<ITextGenerationService>().GetTextContentsAsync(
    "Mira Toft runs the", new PagedLlmPromptExecutionSettings { MaxTokens = 8 });

tracing.ForceFlush();
metering.ForceFlush();
Report.Spans(spans);
Report.Metrics(metrics);

async Task StreamAsync(int guest)
{
    ChatHistory history =
    [
        new(AuthorRole.System, "Mira Toft runs the Blue Anchor, a cafe in Lindholm by the sea."),
        new(AuthorRole.User, $"I am guest {guest}. Who runs the Blue Anchor?"),
    ];
    await foreach (var _ in chat.GetStreamingChatMessageContentsAsync(
        history, new PagedLlmPromptExecutionSettings { MaxTokens = 32 }))
    {
    }
}
