using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// Semantic Kernel's choices of functions, by the embedded model: in code and in prompts, invoked
/// and left to the caller, streaming and not, through service and client.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class FunctionChoiceTests(EmbeddedModel model)
{
    private const string Question = "When does the ferry to Skarvik leave?";
    private const string Call = "GetDepartureTime Skarvik";
    private readonly Harbour _harbour = new();

    public static TheoryData<bool, bool> Ways =>
        new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Auto_invokes(bool client, bool streaming)
    {
        var text = await Ask(client, streaming, FunctionChoiceBehavior.Auto());
        Assert.Equal([Call], _harbour.Calls);
        Assert.Contains("9:15", text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Auto_leaves_calls_to_the_caller_where_that_is_said(
        bool client, bool streaming)
    {
        var text = await Ask(client, streaming, FunctionChoiceBehavior.Auto(autoInvoke: false));
        Assert.Empty(_harbour.Calls);
        Assert.Equal("[Harbour_GetDepartureTime]", text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_function_that_the_kernel_does_not_have_is_left_to_the_caller(
        bool client, bool streaming)
    {
        var plugin = KernelPluginFactory.CreateFromObject(_harbour, "Harbour");
        var behavior = FunctionChoiceBehavior.Auto(
            [plugin["GetDepartureTime"]], autoInvoke: false);
        var text = await Ask(client, streaming, behavior, model.Kernel());
        Assert.Empty(_harbour.Calls);
        Assert.Equal("[Harbour_GetDepartureTime]", text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task None_shows_nothing_and_calls_nothing(bool client, bool streaming)
    {
        var text = await Ask(client, streaming, FunctionChoiceBehavior.None());
        Assert.Empty(_harbour.Calls);
        Assert.DoesNotContain("[", text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Required_calls_whatever_was_said(bool client, bool streaming)
    {
        var kernel = model.Kernel(_harbour);
        var tide = kernel.Plugins["Harbour"]["GetTide"];
        await Ask(
            client, streaming, FunctionChoiceBehavior.Required([tide]), kernel, "Hello!");
        Assert.Equal(["GetTide"], _harbour.Calls);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Required_leaves_calls_to_the_caller_where_that_is_said(
        bool client, bool streaming)
    {
        var text = await Ask(client, streaming, FunctionChoiceBehavior.Required(autoInvoke: false));
        Assert.Empty(_harbour.Calls);
        Assert.Equal("[Harbour_GetDepartureTime]", text);
    }

    [Fact]
    public async Task A_subset_of_the_functions_is_all_that_is_shown()
    {
        var kernel = model.Kernel(_harbour);
        var tide = kernel.Plugins["Harbour"]["GetTide"];
        await Ask(false, false, FunctionChoiceBehavior.Auto([tide]), kernel);
        Assert.DoesNotContain(Call, _harbour.Calls);
    }

    [Theory]
    [InlineData("auto", false)]
    [InlineData("auto", true)]
    [InlineData("required", false)]
    [InlineData("required", true)]
    [InlineData("none", false)]
    [InlineData("none", true)]
    public async Task A_prompt_may_say_it(string type, bool streaming)
    {
        var function = KernelFunctionFactory.CreateFromPrompt(PromptTemplateConfig.FromJson(
            $$"""
            {
              "template": "When does the ferry to {{"{{$island}}"}} leave?",
              "execution_settings": {
                "default": {
                  "max_tokens": 96,
                  "function_choice_behavior": { "type": "{{type}}" }
                }
              }
            }
            """));
        var kernel = model.Kernel(_harbour);
        var arguments = new KernelArguments { ["island"] = "Skarvik" };
        var text = streaming
            ? string.Concat(await function.InvokeStreamingAsync<string>(kernel, arguments)
                .ToListAsync())
            : await function.InvokeAsync<string>(kernel, arguments);
        Assert.Equal(type == "none" ? [] : [Call], _harbour.Calls);
        if (type == "auto")
            Assert.Contains("9:15", text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_come_together_or_one_after_the_other(bool together)
    {
        List<int> requests = [];
        var kernel = model.Kernel(_harbour);
        kernel.AutoFunctionInvocationFilters.Add(new Lambda(async (context, next) =>
        {
            requests.Add(context.RequestSequenceIndex);
            await next(context);
        }));
        await Ask(
            false,
            false,
            FunctionChoiceBehavior.Auto(options: new() { AllowParallelCalls = together }),
            kernel,
            "What is the temperature in Lindholm and in Skarvik?");
        Assert.Equal(together ? 2 : 1, requests.Count(request => request == 0));
        Assert.Equal(requests.Count, requests.Distinct().Count() + (together ? 1 : 0));
    }

    private async Task<string> Ask(
        bool client,
        bool streaming,
        FunctionChoiceBehavior behavior,
        Kernel? kernel = null,
        string question = Question)
    {
        kernel ??= model.Kernel(_harbour);
        var settings = new PagedLlmPromptExecutionSettings
        {
            MaxTokens = 96,
            FunctionChoiceBehavior = behavior,
        };
        return client
            ? await AskClient(kernel, settings, question, streaming)
            : await AskService(kernel, settings, question, streaming);
    }

    private static async Task<string> AskClient(
        Kernel kernel, PromptExecutionSettings settings, string question, bool streaming)
    {
        var client = kernel.GetRequiredService<IChatClient>();
        var options = settings.ToChatOptions(kernel);
        var response = streaming
            ? await client.GetStreamingResponseAsync(question, options).ToChatResponseAsync()
            : await client.GetResponseAsync(question, options);
        return Shown(
            response.Messages[^1].Text,
            response.Messages[^1].Contents.OfType<FunctionCallContent>()
                .Select(call => call.Name));
    }

    private static async Task<string> AskService(
        Kernel kernel, PromptExecutionSettings settings, string question, bool streaming)
    {
        var service = kernel.GetRequiredService<IChatCompletionService>();
        ChatHistory history = [new(AuthorRole.User, question)];
        if (!streaming)
        {
            var content = await service.GetChatMessageContentAsync(history, settings, kernel);
            return Shown(
                content.Content ?? "",
                content.Items.OfType<Microsoft.SemanticKernel.FunctionCallContent>()
                    .Select(call => call.FunctionName));
        }

        var builder = new FunctionCallContentBuilder();
        var text = "";
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(
            history, settings, kernel))
        {
            builder.Append(piece);
            text += piece.Content;
        }

        return Shown(
            text, text.Length > 0 ? [] : builder.Build().Select(call => call.FunctionName));
    }

    private static string Shown(string text, IEnumerable<string> calls) =>
        text + string.Concat(calls.Select(call => $"[{call}]"));
}
