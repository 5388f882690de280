using System.Collections.ObjectModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using SkPaged.Connector.Engines;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Responses;
using SkPaged.Connector.Settings;

namespace SkPaged.Connector;

/// <summary>
/// Semantic Kernel's chat completion over an engine in this process. Any number of callers may use
/// it at once.
/// </summary>
/// <remarks>
/// Functions are invoked as the settings' <see cref="FunctionChoiceBehavior"/> says, with the
/// kernel's filters, those of one answer together where
/// <see cref="FunctionChoiceBehaviorOptions.AllowConcurrentInvocation"/> is set, else one by one in
/// the order of the calls. The turns of that are added to the chat history, the same ones whether
/// streaming or not; the last answer is returned and left to the caller to add. Several answers
/// (<see cref="PagedLlmPromptExecutionSettings.N"/>) are choices, of which the history gets none;
/// they cannot be asked for where functions are invoked automatically.
/// </remarks>
public sealed class PagedLlmChatCompletionService : IChatCompletionService, IDisposable
{
    private readonly IChatClient _client;
    private readonly IChatClient _concurrent;
    private readonly IChatClient _choices;

    /// <summary>
    /// A service of <paramref name="engine"/>, which stays the caller's to dispose.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="loggerFactory">For function invocation; null = nobody is told.</param>
    /// <param name="services">Reaches the functions that are invoked; null = none.</param>
    public PagedLlmChatCompletionService(
        PagedLlmEngine engine,
        ILoggerFactory? loggerFactory = null,
        IServiceProvider? services = null)
        : this(engine, new ChatPipeline(loggerFactory, services, ChatTelemetry.Default))
    {
    }

    internal PagedLlmChatCompletionService(PagedLlmEngine engine, ChatPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_client, _concurrent) = (pipeline.Invoking(engine), pipeline.Invoking(engine));
        _concurrent.GetService<FunctionInvokingChatClient>()!.AllowConcurrentInvocation = true;
        _choices = pipeline.Choosing(engine);
        Attributes = new ReadOnlyDictionary<string, object?>(
            new Dictionary<string, object?> { [AIServiceExtensions.ModelIdKey] = engine.ModelId });
    }

    /// <summary>The model's id, under "ModelId".</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; }

    /// <summary>The answer, after all functions that it asked for were invoked.</summary>
    /// <param name="chatHistory">Turns of function invocation are added to it.</param>
    /// <param name="executionSettings">
    /// Best a <see cref="PagedLlmPromptExecutionSettings"/>; any other is read by its JSON names.
    /// </param>
    /// <param name="kernel">Functions and filters come from it.</param>
    /// <param name="cancellationToken">Gives the request up, wherever it is.</param>
    /// <returns>
    /// One content, with ModelId, finish reason, usage and id in its Metadata, and the
    /// <see cref="PagedLlmResult"/> as its InnerContent. Of several choices each has a content, in
    /// order, with its "ChoiceIndex" in the Metadata; the last one has the usage of all, which
    /// counts the prompt once.
    /// </returns>
    /// <inheritdoc cref="PagedLlmChatClient.GetResponseAsync"/>
    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var asked = await ReadAsync(
            chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
        var response = await ClientOf(asked)
            .GetResponseAsync(asked.Messages, asked.Options, cancellationToken)
            .ConfigureAwait(false);
        var contents = KernelContents.Of(response);
        if (asked.Several)
            return contents;
        chatHistory.AddRange(contents.SkipLast(1));
        return [.. contents.TakeLast(1)];
    }

    /// <summary>
    /// The answer as it comes, calls and results of functions included. The last content of an
    /// answer has usage, finish reason and id in its Metadata. Several choices come as they are
    /// drawn, told apart by their ChoiceIndex; each ends with its finish reason, and one content
    /// with the usage follows them all.
    /// </summary>
    /// <inheritdoc cref="GetChatMessageContentsAsync"/>
    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var stream = new StreamingKernelContents();
        List<ChatResponseUpdate> updates = [];
        var asked = await ReadAsync(
            chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
        await foreach (var update in ClientOf(asked)
            .GetStreamingResponseAsync(asked.Messages, asked.Options, cancellationToken)
            .ConfigureAwait(false))
        {
            updates.Add(update);
            yield return stream.Next(update);
        }

        if (asked.Several)
            yield break;

        // All but the last answer, as without streaming. A tool's answer is never the last word of
        // a model: where a filter ended the loop, it closes the calls that stand before it.
        var contents = KernelContents.Of(updates.ToChatResponse());
        chatHistory.AddRange(
            contents is [.., var last] && last.Role == AuthorRole.Assistant
                ? contents.SkipLast(1)
                : contents);
    }

    /// <summary>
    /// Ends the service's telemetry and nothing else: the engine belongs to whoever made it.
    /// </summary>
    public void Dispose()
    {
        _client.Dispose();
        _concurrent.Dispose();
        _choices.Dispose();
    }

    private IChatClient ClientOf(Asked asked) =>
        asked.Several ? _choices : asked.Concurrent ? _concurrent : _client;

    // On a thread of the pool: a caller may start many before it awaits the first. What it may
    // change meanwhile, the list and the settings, is copied here and now.
    private static Task<Asked> ReadAsync(
        ChatHistory history,
        PromptExecutionSettings? settings,
        Kernel? kernel,
        CancellationToken cancellationToken)
    {
        ChatMessageContent[] contents = [.. history];
        var read = settings is { IsFrozen: false } ? settings.Clone() : settings;
        return Task.Run(() => Read(contents, read, kernel), cancellationToken);
    }

    private static Asked Read(
        ChatMessageContent[] history, PromptExecutionSettings? settings, Kernel? kernel)
    {
        var (own, options) = SettingsOptions.Of(settings, kernel);
        var choices = ChoiceOptions.CountOf(options.AdditionalProperties);
        var functions = own.FunctionChoiceBehavior?.GetConfiguration(
            new FunctionChoiceBehaviorConfigurationContext([.. history]) { Kernel = kernel });
        var invokes = functions is { AutoInvoke: true, Functions.Count: > 0 };
        if (choices > 1 && invokes)
            options.AdditionalProperties![OptionNames.N] = new WrongOption(
                choices.ToString(CultureInfo.InvariantCulture),
                "1 where functions are invoked automatically",
                IsFinal: true);
        return new Asked(
            [.. KernelMessages.Of(history)],
            options,
            choices > 1 && !invokes,
            functions?.Options.AllowConcurrentInvocation == true);
    }

    private sealed record Asked(
        List<ChatMessage> Messages, ChatOptions Options, bool Several, bool Concurrent);
}
