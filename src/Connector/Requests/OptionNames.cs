namespace SkPaged.Connector.Requests;

/// <summary>The names of options on the wire: those of OpenAI and vLLM.</summary>
internal static class OptionNames
{
    public const string Temperature = "temperature";
    public const string TopP = "top_p";
    public const string TopK = "top_k";
    public const string MinP = "min_p";
    public const string RepetitionPenalty = "repetition_penalty";
    public const string PresencePenalty = "presence_penalty";
    public const string FrequencyPenalty = "frequency_penalty";
    public const string LogitBias = "logit_bias";
    public const string TokenSelectionBiases = "token_selection_biases";
    public const string Seed = "seed";
    public const string MaxTokens = "max_tokens";
    public const string MinTokens = "min_tokens";
    public const string StopSequences = "stop_sequences";
    public const string Stop = "stop";
    public const string StopTokenIds = "stop_token_ids";
    public const string IgnoreEos = "ignore_eos";
    public const string Logprobs = "logprobs";
    public const string TopLogprobs = "top_logprobs";
    public const string EnableThinking = "enable_thinking";
    public const string CacheSalt = "cache_salt";
    public const string Priority = "priority";
    public const string ResponseFormat = "response_format";
    public const string N = "n";
    public const string BestOf = "best_of";
    public const string BeamWidth = "beam_width";
    public const string LengthPenalty = "length_penalty";
    public const string EarlyStopping = "early_stopping";
    public const string DoSample = "do_sample";
    public const string ExtraBody = "extra_body";
    public const string Effort = "reasoning_effort";
    public const string ChatSystemPrompt = "chat_system_prompt";
    public const string ChatDeveloperPrompt = "chat_developer_prompt";
    public const string Tenant = "tenant";

    /// <summary>
    /// What other connectors call the same: Hugging Face, ONNX and Ollama. (<see cref="Stop"/> is
    /// none of them: it goes with <see cref="StopSequences"/>, not in its place.)
    /// </summary>
    public static IReadOnlyList<string> Aliases(string name) =>
        name switch
        {
            N => ["results_per_prompt", "num_return_sequences"],
            MaxTokens => ["max_completion_tokens", "max_new_tokens", "num_predict"],
            MinTokens => ["min_new_tokens"],
            BeamWidth => ["num_beams"],
            EnableThinking => ["think"],
            LogitBias => [TokenSelectionBiases],
            _ => [],
        };
}
