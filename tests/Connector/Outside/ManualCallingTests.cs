using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// Functions that the caller invokes itself, and parameters of all the types that the embedded
/// model can fill in: the shape of Semantic Kernel's integration tests of local connectors.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class ManualCallingTests(EmbeddedModel model)
{
    private readonly Harbour _harbour = new();

    [Theory]
    [InlineData("What is the ticket price for the ferry Anna, with 3 adults?",
        "GetTicketPrice Anna 3", "30 euros")]
    [InlineData("What is the opening time of the Anchor, with season Winter?",
        "GetOpeningTime Anchor Winter", "7:30")]
    [InlineData("What is the opening time of the Anchor?",
        "GetOpeningTime Anchor Summer", "7:30")]
    [InlineData("When does the ferry to Skarvik leave?", "GetDepartureTime Skarvik", "9:15")]
    [InlineData("What is the departure time of the ferry to Lindholm?",
        "GetDepartureTime Lindholm", "9:15")]
    public async Task Parameters_are_filled_in(string question, string call, string answer)
    {
        var kernel = model.Kernel(_harbour);
        var history = Asked(question);
        var told = await Ask(kernel, history, autoInvoke: true);
        Assert.Contains(answer, told.Content);
        Assert.Equal([call], _harbour.Calls);
    }

    [Fact]
    public async Task A_prompt_may_be_a_function_that_the_model_calls()
    {
        var kernel = model.Kernel();
        kernel.Plugins.AddFromFunctions(
            "Of",
            [
                KernelFunctionFactory.CreateFromPrompt(
                    "Who are you?",
                    new PagedLlmPromptExecutionSettings { MaxTokens = 32 },
                    "GetTide",
                    "Get the current tide."),
            ]);
        var history = Asked("Tell me the current tide.");
        var answer = await Ask(kernel, history, autoInvoke: true);
        Assert.Contains("small language model", $"{history[^1]}" + Result(history[^1]));
        Assert.NotEmpty(answer.Content!);
    }

    [Fact]
    public async Task The_caller_may_invoke_calls_itself()
    {
        var kernel = model.Kernel(_harbour);
        var history = Asked("What is the temperature in Lindholm and in Skarvik?");
        var answer = await Ask(kernel, history, autoInvoke: false);
        history.Add(answer);
        var calls = FunctionCallContent.GetFunctionCalls(answer).ToList();
        Assert.Equal(2, calls.Count);
        foreach (var call in calls)
            history.Add((await call.InvokeAsync(kernel)).ToChatMessage());
        var last = await Ask(kernel, history, autoInvoke: false);
        Assert.Contains("12 degrees", last.Content);
        Assert.Contains("17 degrees", last.Content);
    }

    [Fact]
    public async Task Results_may_come_in_one_message_or_one_by_one()
    {
        var kernel = model.Kernel(_harbour);
        var apart = Asked("What is the temperature in Lindholm and in Skarvik?");
        var answer = await Ask(kernel, apart, autoInvoke: false);
        apart.Add(answer);
        ChatHistory together = [.. apart];
        var message = new ChatMessageContent { Role = AuthorRole.Tool };
        foreach (var call in FunctionCallContent.GetFunctionCalls(answer))
        {
            var result = await call.InvokeAsync(kernel);
            apart.Add(result.ToChatMessage());
            message.Items.Add(result);
        }

        together.Add(message);
        Assert.Equal(
            $"{await Ask(kernel, apart, autoInvoke: false)}",
            $"{await Ask(kernel, together, autoInvoke: false)}");
    }

    [Fact]
    public async Task A_failure_may_be_told_to_the_model()
    {
        var kernel = model.Kernel(_harbour);
        var history = Asked("Tell me the current tide.");
        var answer = await Ask(kernel, history, autoInvoke: false);
        history.Add(answer);
        var call = Assert.Single(FunctionCallContent.GetFunctionCalls(answer));
        history.Add(new FunctionResultContent(
            call, new InvalidOperationException("No gauge was found.")).ToChatMessage());
        Assert.Contains("gauge", (await Ask(kernel, history, autoInvoke: false)).Content);
    }

    // A call that nobody made, before the model is asked at all.
    [Fact]
    public async Task A_call_may_be_made_up()
    {
        var kernel = model.Kernel(_harbour);
        var history = Asked("Tell me the current tide.");
        history.Add(new ChatMessageContent(
            AuthorRole.Assistant, [new FunctionCallContent("GetTide", "Harbour", "x")]));
        history.Add(new ChatMessageContent(
            AuthorRole.Tool, [new FunctionResultContent("GetTide", "Harbour", "x", "falling")]));
        Assert.Contains("falling", (await Ask(kernel, history, autoInvoke: true)).Content);
        Assert.Empty(_harbour.Calls);
    }

    private static Task<ChatMessageContent> Ask(
        Kernel kernel, ChatHistory history, bool autoInvoke) =>
        kernel.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync(
            history,
            new PagedLlmPromptExecutionSettings
            {
                MaxTokens = 96,
                FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: autoInvoke),
            },
            kernel);

    private static string Result(ChatMessageContent content) =>
        string.Concat(content.Items.OfType<FunctionResultContent>().Select(item => item.Result));

    private static ChatHistory Asked(string question) => [new(AuthorRole.User, question)];
}
