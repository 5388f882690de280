using Microsoft.Extensions.AI;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// The same of tools: the embedded model calls them, and M.E.AI's own loop invokes them.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class ChatClientToolTests(EmbeddedModel model)
{
    private static readonly AITool s_secret =
        AIFunctionFactory.Create(() => 42, "GetSecretNumber");

    private static readonly AITool s_product =
        AIFunctionFactory.Create((int a, int b) => a * b, "SecretProduct");

    private static readonly AITool s_age = AIFunctionFactory.Create(
        (string person) => person == "Elsa" ? 21 : 45, "GetAge", "Get the age of a person.");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_without_parameters_is_invoked(bool streaming)
    {
        var response = await Ask("What is the current secret number?", streaming, s_secret);
        Assert.Contains("42", response.Text);
        Assert.Equal(
            [ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant],
            response.Messages.Select(message => message.Role));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_with_parameters_is_invoked_with_what_was_said(bool streaming)
    {
        var response = await Ask("What is the secret product of 42 and 84?", streaming, s_product);
        Assert.Contains("3528", response.Text);
    }

    [Fact]
    public async Task A_parameter_may_be_optional()
    {
        var tool = AIFunctionFactory.Create(
            (string id = "none") => id is "foo" ? 42 : -1, "GetSecretNumberById");
        var response = await Ask("What is the secret number for id foo?", false, tool);
        Assert.Contains("42", response.Text);
    }

    [Fact]
    public async Task One_answer_may_call_twice()
    {
        var response = await Ask("How old is Elsa and how old is Mikael?", false, s_age);
        Assert.Equal(2, Calls(response).Count());
        Assert.Equal(3, response.Messages.Count);
        Assert.Contains("21", response.Text);
        Assert.Contains("45", response.Text);
    }

    [Fact]
    public async Task Where_one_call_at_a_time_is_wanted_each_answer_calls_once()
    {
        var options = new ChatOptions
        {
            Tools = [s_age],
            AllowMultipleToolCalls = false,
            MaxOutputTokens = 128,
        };
        var response = await model.Client.GetResponseAsync(
            "How old is Elsa and how old is Mikael?", options);
        Assert.Single(Calls(response));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Usage_counts_all_requests_of_the_loop()
    {
        var client = model.Client.AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Tools = [s_secret], MaxOutputTokens = 128 };
        var updates = await client.GetStreamingResponseAsync(
            "What is the current secret number?", options).ToListAsync();
        var each = updates.SelectMany(update => update.Contents).OfType<UsageContent>().ToList();
        var whole = await client.GetResponseAsync("What is the current secret number?", options);
        Assert.Equal(2, each.Count);
        Assert.Equal(each.Sum(one => one.Details.InputTokenCount), whole.Usage!.InputTokenCount);
        Assert.Equal(each.Sum(one => one.Details.OutputTokenCount), whole.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("GetSecretNumber")]
    public async Task A_call_can_be_required(string? name)
    {
        var options = new ChatOptions
        {
            Tools = [s_secret],
            ToolMode = name is null
                ? ChatToolMode.RequireAny
                : ChatToolMode.RequireSpecific(name),
            MaxOutputTokens = 64,
        };
        var response = await model.Client.GetResponseAsync("Hello!", options);
        Assert.Equal("GetSecretNumber", Assert.Single(Calls(response)).Name);
        options.ToolMode = ChatToolMode.Auto;
        Assert.Empty(Calls(await model.Client.GetResponseAsync("Hello!", options)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schemas_of_all_kinds_are_taken(bool strict)
    {
        var number = 0;
        AITool Of(Delegate method) => AIFunctionFactory.Create(
            method,
            new AIFunctionFactoryOptions
            {
                Name = $"Method{number++}",
                AdditionalProperties = strict
                    ? new Dictionary<string, object?> { ["strict"] = true }
                    : null,
            });
        var response = await Ask(
            "Hello!",
            false,
            Of((int a) => a), Of((long? a, double b = 0.5) => a), Of((string[] a) => a.Length),
            Of((DateTime a, Guid b) => a), Of((DayOfWeek a) => a), Of((bool a, char b) => a),
            Of((Dictionary<string, int> a) => a.Count), Of((Part a, Part[] b) => a.Name));
        Assert.NotEmpty(response.Text);
    }

    [Fact]
    public async Task An_answer_that_is_kept_is_not_asked_for_again()
    {
        var cache = new DictionaryCache();
        var client = model.Client.AsBuilder().UseDistributedCache(cache).Build();
        var options = new ChatOptions { Temperature = 5, MaxOutputTokens = 16, TopP = 1 };
        var first = await client.GetResponseAsync("Who are you?", options);
        var second = await client.GetResponseAsync("Who are you?", options);
        var streamed = await client.GetStreamingResponseAsync("Who are you?", options)
            .ToChatResponseAsync();
        var again = await client.GetStreamingResponseAsync("Who are you?", options)
            .ToChatResponseAsync();
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(streamed.Text, again.Text);
        Assert.Equal(2, cache.Hits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kept_answer_is_given_again_to_the_model_token_by_token(bool kept)
    {
        var client = model.Client.AsBuilder().UseDistributedCache(new DictionaryCache()).Build();
        var options = new ChatOptions { Temperature = 3, TopP = 1, MaxOutputTokens = 40, Seed = 3 };
        List<ChatMessage> messages = [new(ChatRole.User, "Who are you?")];
        var response = await client.GetResponseAsync(messages, options);
        if (kept)
            response = await client.GetResponseAsync(messages, options);
        messages.AddRange(response.Messages);
        messages.Add(new(ChatRole.User, "Hello!"));
        var next = (await client.GetResponseAsync(messages, options)).Usage!;
        var computed = response.Usage!.TotalTokenCount!.Value - 1;
        Assert.True(next.CachedInputTokenCount >= computed / 16 * 16);
    }

    private async Task<ChatResponse> Ask(string question, bool streaming, params AITool[] tools)
    {
        var client = model.Client.AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Tools = tools, MaxOutputTokens = 128 };
        return streaming
            ? await client.GetStreamingResponseAsync(question, options).ToChatResponseAsync()
            : await client.GetResponseAsync(question, options);
    }

    private static IEnumerable<FunctionCallContent> Calls(ChatResponse response) =>
        response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>();

    private sealed record Part(string Name, int? Count, Part? Inner);
}
