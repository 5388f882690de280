using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Settings;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector;

/// <summary>
/// What a prompt may ask of the model. Whatever is null is the model's own default. Values are
/// checked when a request is made: one <see cref="ChatOptionsException"/> names all that is wrong.
/// </summary>
/// <remarks>
/// <para>The model's own defaults are those of its <c>generation_config.json</c>. What it leaves
/// open is off: temperature 0, or 1 if it says to sample; top_p 1, top_k 0, min_p 0, repetition
/// penalty 1.</para>
/// <para>As extension data, and so in JSON, all names that <see cref="PagedLlmChatClient"/> lists
/// are taken as well. <c>user</c>, <c>metadata</c> and <c>details</c> are taken and change
/// nothing.</para>
/// </remarks>
[JsonNumberHandling(
    JsonNumberHandling.AllowReadingFromString
    | JsonNumberHandling.AllowNamedFloatingPointLiterals)] // NaN is refused by name, later
public sealed class PagedLlmPromptExecutionSettings : PromptExecutionSettings
{
    /// <summary>Divides the logits; 0 = always the most likely token. 0 .. 10.</summary>
    [JsonPropertyName(OptionNames.Temperature)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Temperature { get; set => field = Thawed(value); }

    /// <summary>Keeps the fewest most likely tokens whose probabilities reach it. (0, 1].</summary>
    [JsonPropertyName(OptionNames.TopP)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? TopP { get; set => field = Thawed(value); }

    /// <summary>Keeps that many most likely tokens; 0 = all. At least 0.</summary>
    [JsonPropertyName(OptionNames.TopK)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TopK { get; set => field = Thawed(value); }

    /// <summary>Drops tokens under this share of the most likely one. [0, 1].</summary>
    [JsonPropertyName(OptionNames.MinP)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? MinP { get; set => field = Thawed(value); }

    /// <summary>Makes tokens seen in prompt and output less likely. (0, 10], 1 = none.</summary>
    [JsonPropertyName(OptionNames.RepetitionPenalty)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? RepetitionPenalty { get; set => field = Thawed(value); }

    /// <summary>
    /// Subtracted from the logit of each token of the output. -2 .. 2, null: 0.
    /// </summary>
    [JsonPropertyName(OptionNames.PresencePenalty)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? PresencePenalty { get; set => field = Thawed(value); }

    /// <summary>
    /// Subtracted once for each time a token is in the output. -2 .. 2, null: 0.
    /// </summary>
    [JsonPropertyName(OptionNames.FrequencyPenalty)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? FrequencyPenalty { get; set => field = Thawed(value); }

    /// <summary>
    /// Added to the logits of these tokens. -100 .. 100 by token id, which is one of the
    /// vocabulary; null: none. In options also <c>logit_bias</c>.
    /// </summary>
    [JsonPropertyName(OptionNames.TokenSelectionBiases)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IDictionary<int, int>? TokenSelectionBiases { get; set => field = Thawed(value); }

    /// <summary>
    /// The same seed gives the same answer, whatever else runs. Any number; null: a random one for
    /// each request.
    /// </summary>
    [JsonPropertyName(OptionNames.Seed)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; set => field = Thawed(value); }

    /// <summary>
    /// Tokens of output at most, at least 1. Null: as many as the model's length lets.
    /// </summary>
    [JsonPropertyName(OptionNames.MaxTokens)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTokens { get; set => field = Thawed(value); }

    /// <summary>
    /// Tokens of output before it may end. 0 .. <see cref="MaxTokens"/>, null: 0.
    /// </summary>
    [JsonPropertyName(OptionNames.MinTokens)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MinTokens { get; set => field = Thawed(value); }

    /// <summary>
    /// Texts that end the answer and are no part of it, any number and none empty; null: none. In
    /// JSON <c>stop_sequences</c> or <c>stop</c>, a list or one text.
    /// </summary>
    [JsonPropertyName(OptionNames.StopSequences)]
    [JsonConverter(typeof(TextsConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IList<string>? StopSequences { get; set => field = Thawed(value); }

    /// <summary>
    /// Tokens of the vocabulary that end the answer, besides the model's own; null: none.
    /// </summary>
    [JsonPropertyName(OptionNames.StopTokenIds)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IList<int>? StopTokenIds { get; set => field = Thawed(value); }

    /// <summary>
    /// Whether the model's own end tokens do not end the answer. Null: false.
    /// </summary>
    [JsonPropertyName(OptionNames.IgnoreEos)]
    [JsonConverter(typeof(FlagConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IgnoreEos { get; set => field = Thawed(value); }

    /// <summary>
    /// Whether the answer comes with the log probability of each token, a natural logarithm. Null:
    /// only if <see cref="TopLogprobs"/> is set.
    /// </summary>
    [JsonPropertyName(OptionNames.Logprobs)]
    [JsonConverter(typeof(FlagConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Logprobs { get; set => field = Thawed(value); }

    /// <summary>
    /// How many most likely tokens to report beside each token. 0 .. 20, null: 0.
    /// </summary>
    [JsonPropertyName(OptionNames.TopLogprobs)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TopLogprobs { get; set => field = Thawed(value); }

    /// <summary>
    /// Whether a thinking model thinks first, where its template knows the switch. Null: as the
    /// template has it.
    /// </summary>
    [JsonPropertyName(OptionNames.EnableThinking)]
    [JsonConverter(typeof(FlagConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EnableThinking { get; set => field = Thawed(value); }

    /// <summary>
    /// "none" and "minimal" = as <see cref="EnableThinking"/> false; "low", "medium", "high" and
    /// "xhigh" are taken and leave the model its way, as null does; anything else is an error.
    /// </summary>
    [JsonPropertyName(OptionNames.Effort)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningEffort { get; set => field = Thawed(value); }

    /// <summary>
    /// System text before the history: the same tokens as a system message. Null: none.
    /// </summary>
    [JsonPropertyName(OptionNames.ChatSystemPrompt)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ChatSystemPrompt { get; set => field = Thawed(value); }

    /// <summary>The same, behind <see cref="ChatSystemPrompt"/> where both are given.</summary>
    [JsonPropertyName(OptionNames.ChatDeveloperPrompt)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ChatDeveloperPrompt { get; set => field = Thawed(value); }

    /// <summary>
    /// Lower goes first. Other than 0 only where the engine's policy is
    /// <see cref="SchedulingPolicy.Priority"/>. Default 0.
    /// </summary>
    [JsonPropertyName(OptionNames.Priority)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Priority { get; set => field = Thawed(value); }

    /// <summary>
    /// Cached prefixes are shared only between requests of equal salts. At most 256 characters;
    /// default null: shared with all that have none.
    /// </summary>
    [JsonPropertyName(OptionNames.CacheSalt)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CacheSalt { get; set => field = Thawed(value); }

    /// <summary>
    /// Who shares fairly with whom, where the engine's policy is
    /// <see cref="SchedulingPolicy.FairShare"/>. At most 256 characters; default null: one party
    /// of all that have none.
    /// </summary>
    [JsonPropertyName(OptionNames.Tenant)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tenant { get; set => field = Thawed(value); }

    /// <summary>
    /// Answers to get, all from one prefill, each a content of its own. At least 1 and at most the
    /// sequences that run at once, default 1; not where functions are invoked automatically. In
    /// options also <c>results_per_prompt</c> or <c>num_return_sequences</c>.
    /// </summary>
    [JsonPropertyName(OptionNames.N)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? N { get; set => field = Thawed(value); }

    /// <summary>
    /// Answers to draw, of which the <see cref="N"/> with the greatest mean log probability a token
    /// are given, the best first and when all have ended. At least <see cref="N"/>; null: as many.
    /// </summary>
    [JsonPropertyName(OptionNames.BestOf)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BestOf { get; set => field = Thawed(value); }

    /// <summary>
    /// Beams of a search for the likeliest answers, of which <see cref="N"/> are given, the best
    /// first and when all have ended. 2 .. 16, at least <see cref="N"/>; null: answers are drawn.
    /// Not with <see cref="BestOf"/>, <see cref="StopSequences"/>, log probabilities, or what
    /// shapes a draw: temperature, top_p, top_k, min_p.
    /// </summary>
    [JsonPropertyName(OptionNames.BeamWidth)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BeamWidth { get; set => field = Thawed(value); }

    /// <summary>
    /// An answer of beams is worth its log probability / (its tokens) ^ this: above 0 favours long
    /// ones. -10 .. 10, null: 1. Only with <see cref="BeamWidth"/>.
    /// </summary>
    [JsonPropertyName(OptionNames.LengthPenalty)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? LengthPenalty { get; set => field = Thawed(value); }

    /// <summary>
    /// When a search that has as many answers as beams ends; null: by the heuristic. In JSON true,
    /// false or "never". Only with <see cref="BeamWidth"/>.
    /// </summary>
    [JsonPropertyName(OptionNames.EarlyStopping)]
    [JsonConverter(typeof(EarlyStoppingConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EarlyStopping? EarlyStopping { get; set => field = Thawed(value); }

    // The other spelling of stop_sequences: read, never written.
    [JsonInclude]
    [JsonPropertyName(OptionNames.Stop)]
    [JsonConverter(typeof(TextsConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IList<string>? StopAlias
    {
        get => null;
        set => StopSequences = Union(StopSequences, value);
    }

    /// <summary>
    /// These settings themselves if they are of this type, else read by their JSON names; null
    /// gives defaults. The function choice behavior is kept, functions and all.
    /// </summary>
    /// <exception cref="ChatOptionsException">
    /// Values do not read as what they must be: names all of them.
    /// </exception>
    public static PagedLlmPromptExecutionSettings FromExecutionSettings(
        PromptExecutionSettings? executionSettings) =>
        executionSettings switch
        {
            null => new PagedLlmPromptExecutionSettings(),
            PagedLlmPromptExecutionSettings own => own,
            _ => SettingsJson.Read(executionSettings, out var wrong) is var read
                && wrong.Count == 0
                    ? read
                    : throw new ChatOptionsException(
                    [
                        .. wrong.Select(pair => new ParameterError(
                            pair.Key, pair.Value.Shown, pair.Value.Expected)),
                    ]),
        };

    /// <inheritdoc/>
    public override void Freeze()
    {
        if (IsFrozen)
            return;
        StopSequences = Frozen(StopSequences);
        StopTokenIds = Frozen(StopTokenIds);
        if (TokenSelectionBiases is { } biases)
            TokenSelectionBiases = new ReadOnlyDictionary<int, int>(biases);
        base.Freeze();
    }

    /// <summary>A copy that is not frozen; lists and dictionaries are copied, too.</summary>
    public override PromptExecutionSettings Clone() =>
        new PagedLlmPromptExecutionSettings
        {
            ServiceId = ServiceId,
            ModelId = ModelId,
            FunctionChoiceBehavior = FunctionChoiceBehavior,
            ExtensionData = ExtensionData is null
                ? null
                : new Dictionary<string, object>(ExtensionData),
            Temperature = Temperature,
            TopP = TopP,
            TopK = TopK,
            MinP = MinP,
            RepetitionPenalty = RepetitionPenalty,
            PresencePenalty = PresencePenalty,
            FrequencyPenalty = FrequencyPenalty,
            TokenSelectionBiases = TokenSelectionBiases is null
                ? null
                : new Dictionary<int, int>(TokenSelectionBiases),
            Seed = Seed,
            MaxTokens = MaxTokens,
            MinTokens = MinTokens,
            StopSequences = StopSequences?.ToList(),
            StopTokenIds = StopTokenIds?.ToList(),
            IgnoreEos = IgnoreEos,
            Logprobs = Logprobs,
            TopLogprobs = TopLogprobs,
            EnableThinking = EnableThinking,
            ReasoningEffort = ReasoningEffort,
            ChatSystemPrompt = ChatSystemPrompt,
            ChatDeveloperPrompt = ChatDeveloperPrompt,
            Priority = Priority,
            CacheSalt = CacheSalt,
            Tenant = Tenant,
            N = N,
            BestOf = BestOf,
            BeamWidth = BeamWidth,
            LengthPenalty = LengthPenalty,
            EarlyStopping = EarlyStopping,
        };

    // Runs after Semantic Kernel has read these settings through JSON, which makes numbers of
    // whole numbers and sequences of lists: here they are set again as what they are.
    /// <inheritdoc/>
    protected override void PrepareChatOptionsForRequest(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.StopSequences = StopSequences?.ToList() ?? options.StopSequences;
        if (ChatSystemPrompt is { Length: > 0 } system
            && ChatDeveloperPrompt is { Length: > 0 } developer)
            options.Instructions = $"{system}\n\n{developer}";
        foreach (var (name, value) in Additional())
            if (value is not null)
                (options.AdditionalProperties ??= [])[name] = value;
    }

    private IEnumerable<(string Name, object? Value)> Additional() =>
    [
        (OptionNames.MinP, MinP),
        (OptionNames.RepetitionPenalty, RepetitionPenalty),
        (OptionNames.TokenSelectionBiases, TokenSelectionBiases),
        (OptionNames.MinTokens, MinTokens),
        (OptionNames.StopTokenIds, StopTokenIds),
        (OptionNames.IgnoreEos, IgnoreEos),
        (OptionNames.Logprobs, Logprobs),
        (OptionNames.TopLogprobs, TopLogprobs),
        (OptionNames.EnableThinking, EnableThinking),
        (OptionNames.Effort, ReasoningEffort),
        (OptionNames.Priority, Priority),
        (OptionNames.CacheSalt, CacheSalt),
        (OptionNames.Tenant, Tenant),
        (OptionNames.N, N),
        (OptionNames.BestOf, BestOf),
        (OptionNames.BeamWidth, BeamWidth),
        (OptionNames.LengthPenalty, LengthPenalty),
        (OptionNames.EarlyStopping, EarlyStopping),
    ];

    private T Thawed<T>(T value)
    {
        ThrowIfFrozen();
        return value;
    }

    private static ReadOnlyCollection<T>? Frozen<T>(IList<T>? list) =>
        list is null ? null : new ReadOnlyCollection<T>(list);

    private static IList<string>? Union(IList<string>? first, IList<string>? second) =>
        first is null ? second : second is null ? first : [.. first.Union(second)];
}
