using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Engine.Pure;
using static SkPaged.Connector.Requests.OptionNames;

namespace SkPaged.Connector.Requests;

/// <summary>What a request asks for besides its messages and tools.</summary>
/// <param name="Sampling">How tokens are drawn.</param>
/// <param name="MaxTokens">Tokens of output at most, if the caller said so.</param>
/// <param name="MinTokens">Tokens of output before an end token may be drawn.</param>
/// <param name="EndTokens">Tokens that end the answer.</param>
/// <param name="StopStrings">Texts that end the answer and are no part of it.</param>
/// <param name="CacheSalt">Keeps cached prefixes apart.</param>
/// <param name="Priority">Lower goes first, where the engine's policy asks for it.</param>
/// <param name="Tenant">Who shares fairly with whom, where the engine's policy asks for it.</param>
/// <param name="Choices">How many answers, and of how many.</param>
/// <param name="EnableThinking">For the template; null = the template's own default.</param>
internal sealed record RequestOptions(
    SamplingParams Sampling,
    int? MaxTokens,
    int MinTokens,
    ImmutableArray<TokenId> EndTokens,
    ImmutableArray<string> StopStrings,
    string? CacheSalt,
    int Priority,
    string? Tenant,
    ChoiceGroup Choices,
    bool? EnableThinking)
{
    /// <summary>The model's defaults, overridden by whatever the caller gave.</summary>
    /// <param name="options">The caller's.</param>
    /// <param name="defaults">The model's.</param>
    /// <param name="limits">The engine's; null = none that are known here.</param>
    /// <exception cref="ChatOptionsException">Names every value that cannot be taken.</exception>
    public static RequestOptions Read(
        ChatOptions? options, ModelDefaults defaults, EngineLimits? limits = null)
    {
        var reader = new OptionReader(options?.AdditionalProperties);
        var sampling = ReadSampling(reader, options, defaults);
        var maxTokens = (int?)reader.Whole(
            OptionNames.MaxTokens, options?.MaxOutputTokens, 1, int.MaxValue);
        var minTokens = (int?)reader.Whole(
            OptionNames.MinTokens, null, 0, maxTokens ?? int.MaxValue) ?? 0;
        var ends = reader.Tokens(StopTokenIds, defaults.VocabularySize);
        var ignoresEos = reader.Flag(IgnoreEos) ?? false;
        var stops = reader.Texts(StopSequences, options?.StopSequences)
            .Concat(reader.Texts(Stop, null));
        var effort = ReadEffort(reader, options);
        var thinking = reader.Flag(OptionNames.EnableThinking)
            ?? (effort == ReasoningEffort.None ? false : null);
        var read = new RequestOptions(
            sampling,
            maxTokens,
            minTokens,
            [.. (ignoresEos ? [] : defaults.EndTokens).Concat(ends).Distinct()],
            [.. stops.Distinct(StringComparer.Ordinal)],
            reader.Text(OptionNames.CacheSalt, ParameterRules.CacheSaltMax),
            (int?)reader.Whole(OptionNames.Priority, null, int.MinValue, int.MaxValue) ?? 0,
            reader.Text(OptionNames.Tenant, ParameterRules.TenantMax),
            ChoiceOptions.Read(reader),
            thinking);
        CheckNotYetSupported(reader, options);
        reader.Add(read.Conflicts(defaults.VocabularySize));
        reader.Add(limits?.Check(read.Choices, read.Priority) ?? []);
        reader.ThrowIfWrong();
        return read;
    }

    // What each option may be is checked as it is read; what they may not be together is the
    // engine's to tell, but for the text of beams, which it never sees.
    private IEnumerable<ParameterError> Conflicts(int vocabularySize)
    {
        var request = new Request(
            default,
            [],
            Sampling,
            new StopRule
            {
                MaxTokens = MaxTokens ?? int.MaxValue,
                MinTokens = MinTokens,
                EndTokens = EndTokens,
            })
        {
            Samples = Choices.Count,
            BestOf = Choices.BestOf,
            Beams = Choices.Beams,
        };
        var errors = ParameterRules.Check(request, vocabularySize).AsEnumerable();
        return Choices.Beams is null || StopStrings.IsEmpty
            ? errors
            : errors.Append(new ParameterError(
                StopSequences,
                OptionJson.Show(StopStrings),
                "empty with beam_width: the text of a beam is known when all have ended"));
    }

    private static SamplingParams ReadSampling(
        OptionReader reader, ChatOptions? options, ModelDefaults defaults)
    {
        var own = ChoiceOptions.Defaults(reader, defaults.Sampling);
        return own with
        {
            Temperature = ReadTemperature(reader, options) ?? own.Temperature,
            TopK = (int?)reader.Whole(TopK, options?.TopK, 0, int.MaxValue) ?? own.TopK,
            TopP = reader.Number(
                TopP, options?.TopP, v => v is > 0 and <= 1, "over 0 and up to 1") ?? own.TopP,
            MinP = reader.Number(MinP, null, v => v is >= 0 and <= 1, "from 0 to 1") ?? own.MinP,
            RepetitionPenalty = reader.Number(
                RepetitionPenalty, null, v => v is > 0 and <= 10, "over 0 and up to 10")
                ?? own.RepetitionPenalty,
            PresencePenalty = reader.Number(
                PresencePenalty, options?.PresencePenalty, v => v is >= -2 and <= 2, "from -2 to 2")
                ?? own.PresencePenalty,
            FrequencyPenalty = reader.Number(
                FrequencyPenalty,
                options?.FrequencyPenalty,
                v => v is >= -2 and <= 2,
                "from -2 to 2")
                ?? own.FrequencyPenalty,
            LogitBias = reader.Biases(LogitBias, defaults.VocabularySize) ?? own.LogitBias,
            Seed = (ulong?)reader.Whole(Seed, options?.Seed, long.MinValue) ?? own.Seed,
            Logprobs = ReadLogprobs(reader) ?? own.Logprobs,
        };
    }

    // Not to sample is to take the most likely token, whatever the temperature would be.
    private static float? ReadTemperature(OptionReader reader, ChatOptions? options)
    {
        var temperature = reader.Number(
            Temperature, options?.Temperature, v => v is >= 0 and <= 10, "from 0 to 10");
        return reader.Flag(DoSample) == false ? 0 : temperature;
    }

    private static ReasoningEffort? ReadEffort(OptionReader reader, ChatOptions? options)
    {
        if (options?.Reasoning?.Effort is { } typed)
            return typed;
        if (reader.Given(OptionNames.Effort) is not { } given)
            return null;
        var text = OptionJson.Of(given) is { } json ? OptionJson.Text(json) : null;
        switch (text?.ToUpperInvariant())
        {
            case "NONE" or "MINIMAL":
                return ReasoningEffort.None;
            case "LOW" or "MEDIUM" or "HIGH" or "XHIGH":
                return null;
            default:
                reader.Wrong(
                    OptionNames.Effort,
                    given,
                    "none, minimal, low, medium, high or xhigh");
                return null;
        }
    }

    // OpenAI: logprobs is true or false and top_logprobs the count. vLLM and text completion:
    // logprobs is the count itself.
    private static int? ReadLogprobs(OptionReader reader)
    {
        var top = (int?)reader.Whole(TopLogprobs, null, 0, 20);
        if (reader.Given(Logprobs) is not { } given)
            return top;
        return OptionJson.Of(given) is { ValueKind: System.Text.Json.JsonValueKind.Number }
                ? (int?)reader.Whole(Logprobs, null, 0, 20)
            : reader.Flag(Logprobs) is true ? top ?? 0
            : null;
    }

    // Said, not ignored: an answer in another form than the one asked for helps nobody.
    private static void CheckNotYetSupported(OptionReader reader, ChatOptions? options)
    {
        if (options?.ResponseFormat is ChatResponseFormatJson)
            reader.Wrong(ResponseFormat, "json", "text: ask for JSON in the prompt");
        if (reader.Given(ResponseFormat) is { } format
            && (OptionJson.Of(format) is not { } json || OptionJson.Text(json) != "text"))
            reader.Wrong(ResponseFormat, format, "text: ask for JSON in the prompt");
    }
}
