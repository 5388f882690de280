using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using SkPaged.Connector.Embedded;
using SkPaged.Connector.Engines;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Responses;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;

namespace SkPaged.Connector;

/// <summary>
/// A model that chats, in this process: an engine with its tokenizer and its chat template. One
/// serves any number of clients and services, whose requests then share one batch and one pool of
/// blocks. Thread-safe.
/// </summary>
public sealed class PagedLlmEngine : IDisposable, IAsyncDisposable
{
    internal const string ProviderName = "skpaged";

    private readonly EngineLoop _loop;
    private readonly ChatRequestBuilder _builder;

    internal PagedLlmEngine(EngineParts parts)
    {
        ModelId = parts.ModelId;
        Tokenizer = parts.Tokenizer;
        MaxLength = parts.MaxLength;
        _loop = parts.Loop;
        _builder = parts.CreateRequestBuilder();
    }

    /// <summary>The model's name: the folder's, unless the options say otherwise.</summary>
    public string ModelId { get; }

    /// <summary>Tokens that a request may have, prompt and output together.</summary>
    public int MaxLength { get; }

    /// <summary>Text to tokens and back, as the model was trained with.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>Requests, blocks and steps at this moment; also after the end.</summary>
    public EngineSnapshot Snapshot => _loop.Snapshot;

    /// <summary>Whether it takes no more requests: it failed or was disposed.</summary>
    public bool HasEnded => _loop.HasEnded;

    /// <summary>What it failed of; null while it works, and when it was disposed.</summary>
    public Exception? Failure => _loop.Failure;

    /// <summary>Loads a model.</summary>
    /// <param name="folder">
    /// A Hugging Face folder: config.json, safetensors, tokenizer.json, and a chat template.
    /// </param>
    /// <param name="options">Device, memory and limits; null = the defaults.</param>
    /// <param name="loggerFactory">Told of failures, rejections and ends; null = nobody.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelFolderException">The folder lacks what a chat model needs.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer is missing or broken.</exception>
    /// <exception cref="Engine.Cuda.Weights.ModelFileException">
    /// A file is missing or corrupt, or a tensor is missing or has another shape or type.
    /// </exception>
    /// <exception cref="Engine.Cuda.Models.ModelConfigException">
    /// The model's configuration is invalid, or of a kind that is not supported.
    /// </exception>
    /// <exception cref="EngineConfigException">
    /// Options cannot be taken: names all of them.
    /// </exception>
    /// <exception cref="DeviceUnavailableException">
    /// There is no such device, or it lacks something that the engine needs.
    /// </exception>
    /// <exception cref="DeviceMemoryException">
    /// The device's memory does not hold the weights, or not the longest step beside them.
    /// </exception>
    /// <exception cref="KvCacheTooSmallException">
    /// The memory does not hold one sequence: has the longest that would fit.
    /// </exception>
    /// <exception cref="HostCacheTooLargeException">
    /// The host's memory does not hold the host cache.
    /// </exception>
    public static PagedLlmEngine Load(
        string folder,
        PagedLlmEngineOptions? options = null,
        ILoggerFactory? loggerFactory = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return new PagedLlmEngine(
            EngineParts.Load(folder, options ?? new PagedLlmEngineOptions(), loggerFactory));
    }

    /// <summary>
    /// Loads the small model that comes with this assembly. Its files are put once into the
    /// user's cache folder: <c>SKPAGED_CACHE</c>, else <c>XDG_CACHE_HOME/skpaged</c>, else
    /// <c>~/.cache/skpaged</c>; damaged ones are put there again.
    /// </summary>
    /// <param name="options">Device, memory and limits; null = the defaults.</param>
    /// <param name="loggerFactory">Told of failures, rejections and ends; null = nobody.</param>
    /// <exception cref="ModelFolderException">
    /// This assembly was built without the model.
    /// </exception>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
    /// <exception cref="EngineConfigException">
    /// Options cannot be taken: names all of them.
    /// </exception>
    public static PagedLlmEngine LoadEmbedded(
        PagedLlmEngineOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        var own = (options ?? new PagedLlmEngineOptions()) with { };
        own.ModelId ??= EmbeddedModel.ModelId;
        return Load(EmbeddedModel.Extract(), own, loggerFactory);
    }

    /// <summary>
    /// Ends all requests with an <see cref="ObjectDisposedException"/> once the step that runs is
    /// over, and frees the model. Waits for that. Idempotent.
    /// </summary>
    public void Dispose() => _loop.Dispose();

    /// <summary>As <see cref="Dispose"/>, without blocking a thread.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    /// <summary>
    /// Renders, tokenizes and submits a request, on a thread of the pool: a caller may start many
    /// before it awaits the first.
    /// </summary>
    internal Task<Answer> AskAsync(
        ChatMessage[] messages, ChatOptions? options, CancellationToken cancellationToken) =>
        Task.Run(() => Ask(_builder.Build(messages, options), "chat"), cancellationToken);

    /// <summary>The same for a prompt that is continued as it is.</summary>
    internal Task<Answer> ContinueAsync(
        string prompt, Func<ChatOptions?> options, CancellationToken cancellationToken) =>
        Task.Run(
            () => Ask(_builder.BuildRaw(prompt, options()), "text_completion"),
            cancellationToken);

    private Answer Ask(ChatRequest request, string operation)
    {
        var generation = _loop.Submit(
            request.Prompt, request.Sampling, request.Stop,
            new SubmitOptions
            {
                Operation = operation,
                CacheSalt = request.CacheSalt,
                Samples = request.Choices.Count,
                BestOf = request.Choices.BestOf,
                Beams = request.Choices.Beams,
                Priority = request.Priority,
                Tenant = request.Tenant,
            });
        return new Answer(request, generation, Tokenizer);
    }
}
