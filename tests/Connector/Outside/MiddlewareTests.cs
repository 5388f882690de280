using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// The middleware of Microsoft.Extensions.AI around the embedded model and around the invocation of
/// the kernel's functions: caching on either side of it, logging, and the end of a loop that does
/// not end by itself.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class MiddlewareTests(EmbeddedModel model)
{
    private const string Question = "When does the ferry to Skarvik leave?";
    private readonly Harbour _harbour = new();

    // Kept outside the loop: neither the model nor the function is asked again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cache_before_the_loop_keeps_what_came_of_it(bool streaming)
    {
        var cache = new DictionaryCache();
        var client = model.Client.AsBuilder()
            .UseDistributedCache(cache).UseKernelFunctionInvocation().Build();
        var (first, second) = await Twice(client, streaming);
        Assert.Contains("9:15", first.Text);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(["GetDepartureTime Skarvik"], _harbour.Calls);
        Assert.Equal(1, cache.Hits);
    }

    // Kept inside: each turn of the model is, while functions are invoked again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cache_behind_the_loop_keeps_each_turn(bool streaming)
    {
        var cache = new DictionaryCache();
        var client = model.Client.AsBuilder()
            .UseKernelFunctionInvocation().UseDistributedCache(cache).Build();
        var (first, second) = await Twice(client, streaming);
        Assert.Contains("9:15", first.Text);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(
            ["GetDepartureTime Skarvik", "GetDepartureTime Skarvik"], _harbour.Calls);
        Assert.Equal(2, cache.Hits);
    }

    [Theory]
    [InlineData(LogLevel.Trace, false)]
    [InlineData(LogLevel.Trace, true)]
    [InlineData(LogLevel.Debug, false)]
    [InlineData(LogLevel.Debug, true)]
    [InlineData(LogLevel.Information, false)]
    public async Task A_log_has_the_turns_and_at_the_finest_level_what_was_said(
        LogLevel level, bool streaming)
    {
        using var logs = new Logs(level);
        var client = model.Client.AsBuilder()
            .UseKernelFunctionInvocation(logs).UseLogging(logs).Build();
        var response = await Ask(client, streaming, Options());
        Assert.Contains("9:15", response.Text);
        Assert.Equal(
            level <= LogLevel.Debug ? 2 : 0,
            logs.Lines.Count(line => line.Contains("completed", StringComparison.Ordinal)
                && line.Contains("Response", StringComparison.Ordinal)));
        Assert.Equal(
            level == LogLevel.Trace,
            logs.Lines.Any(line => line.Contains(Question, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failed_call_is_logged_as_one()
    {
        using var logs = new Logs(LogLevel.Debug);
        var client = model.Client.AsBuilder().UseLogging(logs).Build();
        await Assert.ThrowsAsync<ChatOptionsException>(() => client.GetResponseAsync(
            "Hello!", new ChatOptions { Temperature = -1 }));
        Assert.Contains(logs.Lines, line => line.Contains("failed", StringComparison.Ordinal));
    }

    // A model that is made to call, and is asked again after each call, would call for ever. After
    // the last one it is asked without tools, and tells what it knows.
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task The_loop_ends_after_the_requests_that_it_may_make(int most, bool streaming)
    {
        var client = new Insisting(model.Client).AsBuilder().UseKernelFunctionInvocation().Build();
        client.GetService<FunctionInvokingChatClient>()!.MaximumIterationsPerRequest = most;
        var response = await Ask(client, streaming, Options());
        Assert.Equal(most, _harbour.Calls.Count());
        Assert.Equal(2 * most + 1, response.Messages.Count);
        Assert.NotEmpty(response.Text);
        Assert.NotEqual(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    private async Task<(ChatResponse First, ChatResponse Second)> Twice(
        IChatClient client, bool streaming) =>
        (await Ask(client, streaming, Options()), await Ask(client, streaming, Options()));

    private static async Task<ChatResponse> Ask(
        IChatClient client, bool streaming, ChatOptions options) =>
        streaming
            ? await client.GetStreamingResponseAsync(Question, options).ToChatResponseAsync()
            : await client.GetResponseAsync(Question, options);

    private ChatOptions Options()
    {
        var settings = new PagedLlmPromptExecutionSettings
        {
            MaxTokens = 96,
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
        };
        return settings.ToChatOptions(model.Kernel(_harbour))!;
    }

    // Requires a call in each request of a loop, not in the first only.
    private sealed class Insisting(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            base.GetResponseAsync(messages, Required(options), cancellationToken);

        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            base.GetStreamingResponseAsync(messages, Required(options), cancellationToken);

        private static ChatOptions? Required(ChatOptions? options)
        {
            if (options?.Tools is not { Count: > 0 })
                return options;
            var required = options.Clone();
            required.ToolMode = ChatToolMode.RequireSpecific("Harbour_GetTide");
            return required;
        }
    }

    private sealed class Logs(LogLevel lowest) : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
