using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using SkPaged.Connector.Engines;
using SkPaged.Connector.Responses;
using SkPaged.Connector.Settings;
using TextContent = Microsoft.SemanticKernel.TextContent;

namespace SkPaged.Connector;

/// <summary>
/// Semantic Kernel's text generation over an engine in this process: a prompt is continued as it
/// is, without the chat template. Any number of callers may use it at once.
/// </summary>
/// <remarks>
/// The prompt gets the tokens around it that the model wants around a text, usually one at its
/// beginning; spellings of special tokens in it become those tokens. There are no tools and no
/// system prompt: settings that ask for them are refused. All else is as in
/// <see cref="PagedLlmChatCompletionService"/>.
/// </remarks>
public sealed class PagedLlmTextGenerationService : ITextGenerationService, IDisposable
{
    private readonly PagedLlmEngine _engine;
    private readonly TextTelemetry _telemetry;

    /// <summary>
    /// A service of <paramref name="engine"/>, which stays the caller's to dispose.
    /// </summary>
    public PagedLlmTextGenerationService(PagedLlmEngine engine)
        : this(engine, PagedLlmTelemetry.Name)
    {
    }

    internal PagedLlmTextGenerationService(PagedLlmEngine engine, string telemetryName)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _telemetry = new TextTelemetry(telemetryName, engine.ModelId);
        Attributes = new ReadOnlyDictionary<string, object?>(
            new Dictionary<string, object?> { [AIServiceExtensions.ModelIdKey] = engine.ModelId });
    }

    /// <summary>The model's id, under "ModelId".</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; }

    /// <summary>What follows the prompt.</summary>
    /// <param name="prompt">At least one token, with those that the model wants around it.</param>
    /// <param name="executionSettings">
    /// Best a <see cref="PagedLlmPromptExecutionSettings"/>; any other is read by its JSON names.
    /// </param>
    /// <param name="kernel">Functions come from it; there must be none to call.</param>
    /// <param name="cancellationToken">Gives the request up, wherever it is.</param>
    /// <returns>
    /// A content for each choice, as of <see cref="PagedLlmChatCompletionService"/>.
    /// </returns>
    /// <inheritdoc cref="PagedLlmChatClient.GetResponseAsync"/>
    public async Task<IReadOnlyList<TextContent>> GetTextContentsAsync(
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var call = _telemetry.Begin();
        var response = await AnswerAsync(
            AskAsync(prompt, executionSettings, kernel, call, cancellationToken),
            call,
            cancellationToken).ConfigureAwait(false);
        return
        [
            .. KernelContents.Of(response).Select(content => new TextContent(
                content.Content ?? "",
                content.ModelId,
                content.InnerContent,
                metadata: content.Metadata)),
        ];
    }

    /// <summary>
    /// What follows the prompt, as it comes; several choices as they are drawn, told apart by their
    /// ChoiceIndex. The last content has the usage in its Metadata.
    /// </summary>
    /// <inheritdoc cref="GetTextContentsAsync"/>
    public async IAsyncEnumerable<StreamingTextContent> GetStreamingTextContentsAsync(
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var stream = new StreamingKernelContents();
        using var call = _telemetry.Begin();
        var updates = Answers.StreamAsync(
            () => AskAsync(prompt, executionSettings, kernel, call, cancellationToken),
            _engine.ModelId,
            mixed: true,
            cancellationToken);
        await foreach (var update in (call?.Watched(updates, cancellationToken) ?? updates)
            .ConfigureAwait(false))
        {
            var content = stream.Next(update);
            yield return new StreamingTextContent(
                content.Content,
                content.ChoiceIndex,
                content.ModelId,
                content.InnerContent,
                metadata: content.Metadata);
        }
    }

    /// <summary>
    /// Ends the service's telemetry and nothing else: the engine belongs to whoever made it.
    /// </summary>
    public void Dispose() => _telemetry.Dispose();

    private async Task<ChatResponse> AnswerAsync(
        Task<Answer> asked, TextCall? call, CancellationToken cancellationToken)
    {
        try
        {
            var response = await Answers
                .WholeAsync(asked, _engine.ModelId, cancellationToken).ConfigureAwait(false);
            call?.Answered(response);
            return response;
        }
        catch (Exception error)
        {
            call?.Failed(error);
            throw;
        }
    }

    // What the caller may change meanwhile, the settings, is copied here and now.
    private Task<Answer> AskAsync(
        string prompt,
        PromptExecutionSettings? settings,
        Kernel? kernel,
        TextCall? call,
        CancellationToken cancellationToken)
    {
        var read = settings is { IsFrozen: false } ? settings.Clone() : settings;
        return _engine.ContinueAsync(prompt, Options, cancellationToken);

        ChatOptions Options()
        {
            var options = SettingsOptions.Of(read, kernel).Options;
            call?.Asked(options);
            return options;
        }
    }
}
