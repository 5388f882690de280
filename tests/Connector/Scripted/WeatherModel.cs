using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>
/// A script that asks for the weather of two cities and then tells it, with a kernel.
/// </summary>
internal sealed class WeatherModel : IAsyncDisposable
{
    public const string Text = "Let me look.";

    public WeatherModel()
    {
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(Engine.Engine);
        Kernel = builder.Build();
        Kernel.ImportPluginFromFunctions(
            "Weather",
            [
                KernelFunctionFactory.CreateFromMethod(
                    (string city, int days) =>
                    {
                        Invocations.Add($"{city} {days}");
                        return $"rain in {city}";
                    },
                    "Get",
                    "Tells the weather."),
            ]);
    }

    public ScriptedEngine Engine { get; } = ScriptedEngine.Create(Answer);

    public Kernel Kernel { get; }

    public List<string> Invocations { get; } = [];

    public IChatCompletionService Service => Kernel.GetRequiredService<IChatCompletionService>();

    public static ChatHistory History() =>
        new("Use tools.") { new(AuthorRole.User, "Oslo? Zürich?") };

    public static PagedLlmPromptExecutionSettings Auto(bool autoInvoke = true) =>
        new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: autoInvoke) };

    public async ValueTask DisposeAsync() => await Engine.DisposeAsync();

    private static string Answer(string prompt) =>
        prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal)
            ? $"In short: {ScriptedEngine.Last(prompt, "tool")}."
            : $"{Text}\n{Call("Oslo", 1)}\n{Call("Zürich", 2)}";

    private static string Call(string city, int days) =>
        "<tool_call>\n{\"name\": \"Weather_Get\", \"arguments\": "
        + $"{{\"city\": \"{city}\", \"days\": {days}}}}}\n</tool_call>";
}
