using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// Every refusal is read as a user would read it, and leaves the engine as it was.
/// </summary>
public sealed class ErrorTests
{
    private static readonly ChatMessage Hi = new(ChatRole.User, "Hi");

    [Fact]
    public Task No_messages_are_refused() =>
        Refused<ChatRequestException>([], null, "There are no messages; at least 1 is needed.");

    [Fact]
    public Task Messages_without_anything_in_them_are_refused() =>
        Refused<ChatRequestException>(
            [new(ChatRole.System, ""), new(ChatRole.User, [])],
            null,
            "All of the 2 messages are empty; at least 1 must hold something.");

    [Fact]
    public Task An_unknown_role_is_named() =>
        Refused<ChatRequestException>(
            [Hi, new(new ChatRole("robot"), "beep")],
            null,
            "Message 1 has the role \"robot\"; it must be system, developer, user, assistant or "
            + "tool.");

    [Fact]
    public Task An_image_is_named() =>
        Refused<UnsupportedContentException>(
            [Hi, new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])],
            null,
            "Message 1 (user) holds image/png; the model takes text, tool calls and tool results "
            + "only.");

    [Fact]
    public Task A_link_to_audio_is_named() =>
        Refused<UnsupportedContentException>(
            [new(ChatRole.User, [new UriContent("https://localhost/a.wav", "audio/wav")])],
            null,
            "Message 0 (user) holds audio/wav; the model takes text, tool calls and tool results "
            + "only.");

    [Fact]
    public Task Any_other_content_is_named_by_its_type() =>
        Refused<UnsupportedContentException>(
            [new(ChatRole.User, [new HostedFileContent("7")])],
            null,
            "Message 0 (user) holds HostedFileContent; the model takes text, tool calls and tool "
            + "results only.");

    [Fact]
    public async Task A_prompt_that_is_too_long_is_told_with_the_numbers()
    {
        var error = await Refused<ContextTooLongException>(
            [new(ChatRole.User, new string('a', 300))],
            null,
            "The prompt has 319 tokens; the engine takes at most 256 with the output, and at least "
            + "1 of output. Shorten the prompt.");
        Assert.Equal((319, null, 256), (error.PromptTokens, error.MaxTokens, error.Limit));
    }

    [Fact]
    public async Task Output_that_does_not_fit_is_told_with_the_numbers()
    {
        var error = await Refused<ContextTooLongException>(
            [new(ChatRole.User, new string('a', 100))],
            new() { MaxOutputTokens = 200 },
            "The prompt has 119 tokens and max_tokens is 200, together 319; the engine takes at "
            + "most 256. Shorten the prompt or set max_tokens to at most 137.");
        Assert.Equal((119, 200, 256), (error.PromptTokens, error.MaxTokens, error.Limit));
    }

    [Fact]
    public Task A_tool_that_is_no_function_is_named() =>
        Refused<ChatRequestException>(
            [Hi],
            new() { Tools = [new HostedWebSearchTool()] },
            "The tool \"web_search\" is a HostedWebSearchTool; the model takes functions only.");

    [Theory]
    [InlineData("true", "is true, not an object")]
    [InlineData("{\"type\": \"string\"}", "has the type \"string\", not \"object\"")]
    [InlineData("{\"properties\": [1]}", "has properties [1], not an object")]
    public Task A_schema_that_is_none_is_told(string schema, string what) =>
        Refused<ChatRequestException>(
            [Hi],
            new() { Tools = [new SchemaOnly(schema)] },
            $"The schema of the tool \"odd\" {what}.");

    [Fact]
    public Task A_required_tool_must_be_there() =>
        Refused<ChatRequestException>(
            [Hi],
            new()
            {
                Tools = [new SchemaOnly("{}")],
                ToolMode = ChatToolMode.RequireSpecific("even"),
            },
            "The tool \"even\" is required, but it is none of the 1 given.");

    [Fact]
    public Task A_required_call_needs_tools() =>
        Refused<ChatRequestException>(
            [Hi],
            new() { ToolMode = ChatToolMode.RequireAny },
            "A tool call is required, but there are no tools.");

    [Fact]
    public void Tools_need_a_template_that_shows_how_to_call_them()
    {
        var error = Assert.Throws<ChatRequestException>(() => Prompts.Build(
            [Hi],
            new() { Tools = [new SchemaOnly("{}")] },
            template: "{{ messages[0].content }}"));
        Assert.Equal(
            "The request has 1 tools, but the chat template of \"scripted\" shows no form of tool "
            + "call that is known; known are Hermes, Llama, Mistral. The option ToolCalls names "
            + "one.",
            error.Message);
    }

    [Fact]
    public void What_the_template_refuses_is_told_in_its_own_words()
    {
        var error = Assert.Throws<ChatRequestException>(() => Prompts.Build(
            [Hi], template: "{{ raise_exception('Only Latin.') }}"));
        Assert.StartsWith("The chat template of \"scripted\" refuses the request: ", error.Message);
        Assert.Contains("Only Latin.", error.Message);
    }

    [Fact]
    public async Task Too_many_requests_are_refused_and_the_others_go_on()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { MaxWaiting = 2, MaxSequences = 1 });
        using var gate = new ManualResetEventSlim();
        engine.Executor.BeforeStep = _ => gate.Wait();
        var calls = Enumerable.Range(0, 8)
            .Select(n => engine.Client.GetResponseAsync($"{n}")).ToList();
        await Wait.Until(() => engine.Engine.Snapshot is { Running: 1 });
        gate.Set();
        var ends = await Task.WhenAll(calls.Select(
            call => call.ContinueWith(
                done => done.Exception?.InnerException, TaskScheduler.Default)));
        var errors = ends.OfType<EngineOverloadedException>().ToList();
        Assert.InRange(errors.Count, 1, 7);
        Assert.All(ends, end => Assert.True(end is null or EngineOverloadedException, $"{end}"));
        Assert.All(errors, error => Assert.Contains("the limit is 2", error.Message));
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task A_failed_step_ends_its_request_and_the_engine_goes_on()
    {
        await using var engine = ScriptedEngine.Echo();
        engine.Executor.BeforeStep = _ => throw new InvalidOperationException("out of paper");
        var error = await Assert.ThrowsAsync<StepFailedException>(
            () => engine.Client.GetResponseAsync("Hi"));
        Assert.Contains("out of paper", error.Message);
        engine.Executor.BeforeStep = null;
        Assert.Equal("Hi", (await engine.Client.GetResponseAsync("Hi")).Text);
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task After_the_engine_is_disposed_its_clients_say_so()
    {
        var engine = ScriptedEngine.Echo();
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => engine.Client.GetResponseAsync("Hi"));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await engine.Client.GetStreamingResponseAsync("Hi").ToListAsync());
    }

    [Fact]
    public async Task Null_messages_are_refused()
    {
        await using var engine = ScriptedEngine.Echo();
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => engine.Client.GetResponseAsync((IEnumerable<ChatMessage>)null!));
    }

    private static async Task<T> Refused<T>(
        ChatMessage[] messages, ChatOptions? options, string message)
        where T : ChatRequestException
    {
        await using var engine = ScriptedEngine.Create(_ => "never", new() { MaxLength = 256 });
        var error = await Assert.ThrowsAsync<T>(
            () => engine.Client.GetResponseAsync(messages, options));
        var stream = engine.Client.GetStreamingResponseAsync(messages, options);
        var streamed = await Assert.ThrowsAsync<T>(() => stream.ToListAsync().AsTask());
        Assert.Equal(message, error.Message);
        Assert.Equal(message, streamed.Message);
        Assert.Equal(0, engine.Engine.Snapshot.Steps);
        return error;
    }

    private sealed class SchemaOnly(string schema) : AIFunctionDeclaration
    {
        public override string Name => "odd";

        public override System.Text.Json.JsonElement JsonSchema { get; } =
            System.Text.Json.JsonElement.Parse(schema);
    }
}
