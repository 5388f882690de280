using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// What filters of automatic invocation can do, with calls of the embedded model, streaming and
/// not.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class FilterTests(EmbeddedModel model)
{
    private const string Two = "What is the temperature in Lindholm and in Skarvik?";
    private readonly Harbour _harbour = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_sees_each_call_with_its_place(bool streaming)
    {
        List<string> seen = [];
        await Ask(streaming, async (context, next) =>
        {
            seen.Add(
                $"{context.Function.Name} {context.RequestSequenceIndex} "
                + $"{context.FunctionSequenceIndex} of {context.FunctionCount} "
                + $"{context.IsStreaming}");
            await next(context);
        });
        Assert.Equal(

            [
                $"GetTemperature 0 0 of 2 {streaming}", $"GetTemperature 0 1 of 2 {streaming}",
            ],
            seen);
        Assert.Equal(["GetTemperature Lindholm", "GetTemperature Skarvik"], _harbour.Calls);
    }

    [Fact]
    public async Task Filters_are_nested_in_their_order()
    {
        List<string> seen = [];
        Func<AutoFunctionInvocationContext, Func<AutoFunctionInvocationContext, Task>, Task> Named(
            string name) =>
            async (context, next) =>
            {
                seen.Add($"{name} in");
                await next(context);
                seen.Add($"{name} out");
            };
        await Ask(false, [Named("a"), Named("b"), Named("c")], "Tell me the current tide.");
        Assert.Equal(["a in", "b in", "c in", "c out", "b out", "a out"], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_may_change_arguments_and_result(bool streaming)
    {
        var text = await Ask(streaming, async (context, next) =>
        {
            if ($"{context.Arguments!["town"]}" == "Lindholm")
                context.Arguments["town"] = "Oslo";
            await next(context);
            context.Result = new FunctionResult(
                context.Result, $"{context.Result}".Replace("12", "18"));
        });
        Assert.Equal(["GetTemperature Oslo", "GetTemperature Skarvik"], _harbour.Calls);
        Assert.Contains("18 degrees", text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_may_answer_in_the_place_of_the_function(bool streaming)
    {
        var text = await Ask(streaming, (context, _) =>
        {
            context.Result = new FunctionResult(context.Result, "falling");
            return Task.CompletedTask;
        });
        Assert.Empty(_harbour.Calls);
        Assert.Contains("falling", text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_may_answer_for_a_function_that_failed(bool streaming)
    {
        var kernel = model.Kernel();
        kernel.Plugins.AddFromFunctions(
            "Of",
            [
                KernelFunctionFactory.CreateFromMethod(
                    string () => throw new InvalidOperationException("No gauge."),
                    "GetTide",
                    "Get the current tide."),
            ]);
        kernel.AutoFunctionInvocationFilters.Add(new Lambda(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (InvalidOperationException)
            {
                context.Result = new FunctionResult(context.Result, "unknown");
            }
        }));
        Assert.Contains("unknown", await Ask(kernel, streaming, "Tell me the current tide."));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_filter_may_end_the_loop_before_or_after_a_function(
        bool after, bool streaming)
    {
        await Ask(streaming, async (context, next) =>
        {
            if (after)
                await next(context);
            context.Terminate = true;
        });
        Assert.Equal(after ? ["GetTemperature Lindholm"] : [], _harbour.Calls);
    }

    [Fact]
    public async Task A_filter_sees_kernel_history_and_settings()
    {
        var kernel = model.Kernel(_harbour);
        AutoFunctionInvocationContext? seen = null;
        kernel.AutoFunctionInvocationFilters.Add(new Lambda(async (context, next) =>
        {
            seen = context;
            await next(context);
        }));
        await kernel.InvokePromptAsync("Tell me the current tide.", new(Settings()));
        Assert.Same(kernel, seen!.Kernel);
        Assert.Contains(seen.ChatHistory, content => content.Role == AuthorRole.Assistant);
        Assert.NotNull(seen.ExecutionSettings?.FunctionChoiceBehavior);
        Assert.Equal("Harbour", seen.Function.PluginName);
    }

    private Task<string> Ask(
        bool streaming,
        Func<AutoFunctionInvocationContext, Func<AutoFunctionInvocationContext, Task>, Task> one) =>
        Ask(streaming, [one], Two);

    private Task<string> Ask(
        bool streaming,
        Func<AutoFunctionInvocationContext, Func<AutoFunctionInvocationContext, Task>, Task>[] all,
        string question)
    {
        var kernel = model.Kernel(_harbour);
        foreach (var filter in all)
            kernel.AutoFunctionInvocationFilters.Add(new Lambda(filter));
        return Ask(kernel, streaming, question);
    }

    private static async Task<string> Ask(Kernel kernel, bool streaming, string question)
    {
        var service = kernel.GetRequiredService<IChatCompletionService>();
        ChatHistory history = [new(AuthorRole.User, question)];
        if (!streaming)
            return $"{await service.GetChatMessageContentAsync(history, Settings(), kernel)}";
        return string.Concat(
            await service.GetStreamingChatMessageContentsAsync(history, Settings(), kernel)
                .Select(piece => piece.Content).ToListAsync());
    }

    private static PagedLlmPromptExecutionSettings Settings() =>
        new() { MaxTokens = 96, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
}
