using Microsoft.Extensions.AI;
using SkPaged.Connector.Responses;

namespace SkPaged.Connector;

/// <summary>
/// A chat client over an engine in this process. Any number of callers may use it at once: their
/// requests run together in one batch.
/// </summary>
/// <remarks>
/// <para>Options: those of <see cref="ChatOptions"/>, and as additional properties <c>min_p</c>,
/// <c>repetition_penalty</c>, <c>min_tokens</c>, <c>stop_token_ids</c>, <c>ignore_eos</c>,
/// <c>stop</c>, <c>logit_bias</c>, <c>logprobs</c>, <c>top_logprobs</c>, <c>enable_thinking</c>,
/// <c>cache_salt</c>, <c>priority</c>, <c>tenant</c>, <c>n</c>, <c>best_of</c>, <c>beam_width</c>,
/// <c>length_penalty</c> and <c>early_stopping</c>, each as in
/// <see cref="PagedLlmPromptExecutionSettings"/>; also by the names that other connectors have for
/// them: <c>results_per_prompt</c>, <c>num_return_sequences</c>, <c>num_beams</c>,
/// <c>max_completion_tokens</c>, <c>max_new_tokens</c>, <c>num_predict</c>, <c>min_new_tokens</c>,
/// <c>think</c>, <c>token_selection_biases</c>, <c>do_sample</c> (false = temperature 0),
/// <c>reasoning_effort</c> (none or minimal = no thinking), and <c>extra_body</c> with any of these
/// in it.</para>
/// <para>Several answers (<c>n</c>) are several messages of one response, in order: the
/// abstractions know no choices, and this is the one form in which each keeps its contents. What is
/// said of one stands with its message: finish reason and "ChoiceIndex" in its additional
/// properties, and the <see cref="PagedLlmResult"/>; the response says the finish reason of the
/// first, and a usage that counts the prompt once and all that was drawn. A stream gives one
/// choice after the other, the first as it is drawn, so that updates come together again as the
/// same messages. Functions are not to be invoked automatically on such an answer: whoever does
/// takes all messages for one turn.</para>
/// <para>Requests that begin alike share the KV cache of their beginning, whoever sent them and
/// also when they do not overlap: lay prompts out with what is common first. How many tokens were
/// found is in the usage. Where the time of an answer must not tell what others asked, give each
/// party a <c>cache_salt</c> of its own.</para>
/// <para>Tools are shown to the model by its own template and its calls come back as
/// <see cref="FunctionCallContent"/>, whole and after the text, in the form of its family (see
/// <see cref="ToolCallFamily"/>); nothing is invoked here. Wrap the client with
/// <c>AsBuilder().UseKernelFunctionInvocation()</c> or <c>UseFunctionInvocation()</c> for that.
/// A call that is cut off, or whose JSON is broken, stays text. Where the template takes one call
/// a turn only, the answer ends with its first.</para>
/// <para>Where a call is required (<see cref="ChatToolMode.RequireAny"/>, or of a tool by its
/// name), it is begun for the model, with the tool's name where there is no other; of a tool by its
/// name there is one call. An answer that has none of a tool that was given, as it was cut off or
/// the model wrote something else, is a <see cref="RequiredCallException"/>.</para>
/// <para>Where the template knows <c>&lt;think&gt;</c>, what stands between such marks at the
/// beginning of an answer is <see cref="TextReasoningContent"/>, and no text.</para>
/// <para>A message of an answer carries its tokens, as "GeneratedTurn" in its additional
/// properties: given back in the next request it is to the model what it said, token by token, so
/// that the prefix cache holds all of it. A message that was changed, or stands behind something
/// else than it answered, is rendered from what it says.</para>
/// <para>Nothing but a copy of the list of messages is done on the caller's thread. Cancelling, or
/// leaving a stream early, frees what the request held before the next step.</para>
/// </remarks>
public sealed class PagedLlmChatClient : IChatClient
{
    private readonly PagedLlmEngine _engine;
    private readonly ChatClientMetadata _metadata;

    /// <summary>
    /// A client of <paramref name="engine"/>, which stays the caller's to dispose.
    /// </summary>
    public PagedLlmChatClient(PagedLlmEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _metadata = new ChatClientMetadata(PagedLlmEngine.ProviderName, null, engine.ModelId);
    }

    /// <summary>The whole answer.</summary>
    /// <param name="messages">At least one, unless the options hold instructions.</param>
    /// <param name="options">Whatever is null in them is the model's own default.</param>
    /// <param name="cancellationToken">Gives the request up, wherever it is.</param>
    /// <exception cref="ChatRequestException">The request cannot be taken.</exception>
    /// <exception cref="Engine.Cuda.EngineOverloadedException">Too many requests wait.</exception>
    /// <exception cref="Engine.Cuda.RequestTimeoutException">
    /// It took longer than <see cref="PagedLlmEngineOptions.RequestTimeout"/>.
    /// </exception>
    /// <exception cref="Engine.Cuda.StepFailedException">A step that ran it failed.</exception>
    /// <exception cref="Engine.Cuda.EngineFailedException">The engine failed.</exception>
    /// <exception cref="RequiredCallException">
    /// A call was required, and the answer has none.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Answers.WholeAsync(
            AskAsync(messages, options, cancellationToken), _engine.ModelId, cancellationToken);

    /// <summary>
    /// The answer as it comes: reasoning, texts, then calls one by one, then one update with the
    /// usage, the finish reason and the <see cref="PagedLlmResult"/>. Of several choices each ends
    /// with its finish reason and result, and one update with the usage follows them all.
    /// </summary>
    /// <inheritdoc cref="GetResponseAsync"/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        StreamAsync(messages, options, mixed: false, cancellationToken);

    /// <summary>The updates of a stream.</summary>
    /// <param name="messages">As of a stream.</param>
    /// <param name="options">As of a stream.</param>
    /// <param name="mixed">Whether choices come as they are drawn, not one after the other.</param>
    /// <param name="cancellationToken">Gives the request up, wherever it is.</param>
    internal IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        bool mixed,
        CancellationToken cancellationToken) =>
        Answers.StreamAsync(
            () => AskAsync(messages, options, cancellationToken),
            _engine.ModelId,
            mixed,
            cancellationToken);

    /// <summary>
    /// This client, its <see cref="ChatClientMetadata"/>, the <see cref="PagedLlmEngine"/> or its
    /// tokenizer; null for all else.
    /// </summary>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_engine) ? _engine
            : serviceType.IsInstanceOfType(_engine.Tokenizer) ? _engine.Tokenizer
            : null;
    }

    /// <summary>Does nothing: the engine belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    // The messages are copied here and now: the caller may go on with its list.
    private Task<Answer> AskAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return _engine.AskAsync([.. messages], options, cancellationToken);
    }
}
