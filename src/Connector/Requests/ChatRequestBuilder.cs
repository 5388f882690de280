using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Reasoning;
using SkPaged.Connector.Templates;
using SkPaged.Connector.Text;
using SkPaged.Connector.ToolCalls;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>
/// Messages and options -> a request in tokens. Pure: the same input, the same tokens.
/// </summary>
/// <param name="modelId">For messages of errors.</param>
/// <param name="tokenizer">The model's.</param>
/// <param name="templates">The model's.</param>
/// <param name="toolCalls">How the model calls tools; null = it does not.</param>
/// <param name="defaults">What holds where the options say nothing.</param>
/// <param name="maxLength">Tokens that prompt and output may have together.</param>
/// <param name="limits">The engine's other limits; null = it tells of them itself.</param>
internal sealed class ChatRequestBuilder(
    string modelId,
    TextTokenizer tokenizer,
    ChatTemplates templates,
    ToolCallFormat? toolCalls,
    ModelDefaults defaults,
    int maxLength,
    EngineLimits? limits = null)
{
    private PromptEncoder? _encoder;
    private CallShape? _shape;

    // Two threads may both make them: they are the same.
    private CallShape Shape => _shape ??= CallShape.Of(RenderOrNot);

    private PromptEncoder Encoder =>
        _encoder ??= new PromptEncoder(
            tokenizer,
            TurnEnds.Of(tokenizer, defaults.EndTokens, turns => RenderOrNot(turns, Shape)),
            defaults.VocabularySize);

    /// <summary>The request.</summary>
    /// <exception cref="ChatRequestException">It cannot be taken: the message says why.</exception>
    public ChatRequest Build(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var read = RequestOptions.Read(options, defaults, limits);
        var tools = ToolChoice.Of(options, toolCalls, modelId);
        var turns = ConversationReader.Read(messages, options?.Instructions);
        var text = Render(
            turns,
            turns.Any(turn => turn.Calls.Count > 0) ? Shape : CallShape.Usual,
            tools,
            read.EnableThinking,
            templates.For(tools.Tools.Count > 0));
        var opening = templates.Opening(text, tools.Opening);
        var (prompt, mark) = Encoder.Encode(text, opening, turns);
        return Of(read, prompt) with
        {
            ToolCalls = tools.Format,
            Opening = opening,
            Reasoning = templates.Reasoning(text, opening),
            OneCall = tools.OneCall,
            Required = tools.Required,
            Mark = mark,
        };
    }

    /// <summary>The request to continue a text as it is, without the chat template.</summary>
    /// <exception cref="ChatRequestException">It cannot be taken: the message says why.</exception>
    public ChatRequest BuildRaw(string text, ChatOptions? options)
    {
        var read = RequestOptions.Read(options, defaults, limits);
        if (options?.Tools is { Count: > 0 } tools && options.ToolMode is not NoneChatToolMode)
            throw new ChatRequestException(
                $"The request has {tools.Count} tools, and a raw prompt cannot show them.");
        if (!string.IsNullOrEmpty(options?.Instructions))
            throw new ChatRequestException(
                "The request has instructions, and a raw prompt has no place for them.");
        var prompt = tokenizer.Encode(text, addSpecialTokens: true);
        return prompt.IsEmpty
            ? throw new ChatRequestException("The prompt has no tokens; at least 1 is needed.")
            : Of(read, prompt);
    }

    private ChatRequest Of(RequestOptions read, ImmutableArray<TokenId> prompt)
    {
        CheckLength(prompt.Length, read.MaxTokens);
        return new ChatRequest(
            prompt,
            read.Sampling,
            Stop(read, maxLength - prompt.Length),
            read.CacheSalt,
            read.Priority,
            read.Tenant,
            read.Choices,
            read.StopStrings.IsEmpty ? StopStrings.None : new StopStrings(read.StopStrings),
            ToolCalls: null,
            Opening: "",
            ReasoningStart.Never,
            OneCall: false,
            Required: null,
            Mark: null);
    }

    // Of two templates the one for tools: it shows calls as well.
    private string? RenderOrNot(IReadOnlyList<Turn> turns, CallShape shape)
    {
        try
        {
            return Render(
                turns,
                shape,
                ToolChoice.Nothing,
                enableThinking: null,
                templates.For(tools: true));
        }
        catch (ChatRequestException)
        {
            return null;
        }
    }

    private string Render(
        IReadOnlyList<Turn> turns,
        CallShape shape,
        ToolChoice tools,
        bool? enableThinking,
        ChatTemplate template)
    {
        try
        {
            return template.Render(Variables(turns, shape, tools, enableThinking));
        }
        catch (ChatTemplateException error)
        {
            throw new ChatRequestException(
                $"The chat template of \"{modelId}\" refuses the request: {error.Message}", error);
        }
    }

    // As transformers does it: tools and documents are none where there are none, and a special
    // token that the model lacks is undefined.
    private JsonObject Variables(
        IReadOnlyList<Turn> turns, CallShape shape, ToolChoice tools, bool? enableThinking)
    {
        var calls = new CallOrdinals();
        var variables = new JsonObject
        {
            ["messages"] = new JsonArray([.. turns.Select(turn => turn.ToJson(calls, shape))]),
            ["tools"] = tools.Tools.Count > 0 ? ToolReader.Read(tools.Tools) : null,
            ["documents"] = null,
            ["add_generation_prompt"] = true,
        };
        SetIfKnown(variables, "bos_token", tokenizer.BosToken);
        SetIfKnown(variables, "eos_token", tokenizer.EosToken);
        SetIfKnown(variables, "pad_token", tokenizer.PadToken);
        if (enableThinking is { } thinking)
            variables["enable_thinking"] = thinking;
        return variables;
    }

    private static void SetIfKnown(JsonObject variables, string name, string? token)
    {
        if (token is not null)
            variables[name] = token;
    }

    private void CheckLength(int promptTokens, int? maxTokens)
    {
        if (promptTokens >= maxLength || maxTokens > maxLength - promptTokens)
            throw new ContextTooLongException(promptTokens, maxTokens, maxLength);
    }

    // What the caller asks for must fit; what the model's own defaults say is cut to what fits.
    private StopRule Stop(RequestOptions read, int room)
    {
        var maxTokens = read.MaxTokens ?? Math.Min(defaults.MaxTokens ?? room, room);
        return new StopRule
        {
            MaxTokens = maxTokens,
            MinTokens = Math.Min(read.MinTokens, maxTokens),
            EndTokens = read.EndTokens,
        };
    }
}
