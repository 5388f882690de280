using System.Collections.Immutable;
using SkPaged.Connector.Reasoning;
using SkPaged.Connector.Text;
using SkPaged.Connector.ToolCalls;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>A chat request as tokens: all that the engine and the text layer need.</summary>
/// <param name="Prompt">The rendered conversation, <paramref name="Opening"/> included.</param>
/// <param name="Sampling">How tokens are drawn.</param>
/// <param name="Stop">When it ends.</param>
/// <param name="CacheSalt">Keeps cached prefixes apart.</param>
/// <param name="Priority">Lower goes first, where the engine's policy asks for it.</param>
/// <param name="Tenant">Who shares fairly with whom, where the engine's policy asks for it.</param>
/// <param name="Choices">How many answers, and of how many.</param>
/// <param name="StopStrings">Texts that end the answer and are no part of it.</param>
/// <param name="ToolCalls">
/// How the answer calls tools; null = it is text, whatever it looks like.
/// </param>
/// <param name="Opening">The beginning of the answer that stands in the prompt already.</param>
/// <param name="Reasoning">Whether the answer begins with what the model thinks.</param>
/// <param name="OneCall">Whether the answer ends with its first call.</param>
/// <param name="Required">The call that it must have; null = the model is free.</param>
/// <param name="Mark">
/// The rendered conversation without the opening; null = a raw prompt.
/// </param>
internal sealed record ChatRequest(
    ImmutableArray<TokenId> Prompt,
    SamplingParams Sampling,
    StopRule Stop,
    string? CacheSalt,
    int Priority,
    string? Tenant,
    ChoiceGroup Choices,
    StopStrings StopStrings,
    ToolCallFormat? ToolCalls,
    string Opening,
    ReasoningStart Reasoning,
    bool OneCall,
    RequiredCall? Required,
    PromptMark? Mark);
