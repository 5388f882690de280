using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>One request of the input file, as written: nothing is tokenised yet.</summary>
/// <param name="Id">The line's "id", of any JSON type; its number when it has none.</param>
/// <param name="Prompt">What to continue.</param>
/// <param name="Sampling">How tokens are drawn, over the model's own defaults.</param>
/// <param name="MaxTokens">
/// Tokens to generate at most; null = the default for the prompt's kind.
/// </param>
/// <param name="MinTokens">Tokens before any end token.</param>
/// <param name="IgnoreEos">Whether the model's end tokens are ordinary ones.</param>
/// <param name="StopTokens">More end tokens.</param>
/// <param name="StopStrings">Texts that end the output and are no part of it.</param>
/// <param name="CacheSalt">Keeps cached prefixes apart.</param>
/// <param name="Group">How many outputs, and of how many.</param>
/// <param name="Priority">Lower runs first, where the policy is by priority.</param>
/// <param name="Tenant">Who shares fairly with whom, where the policy is fair.</param>
internal sealed record InputLine(
    JsonNode? Id,
    PromptSource Prompt,
    SamplingParams Sampling,
    int? MaxTokens,
    int MinTokens,
    bool IgnoreEos,
    ImmutableArray<TokenId> StopTokens,
    ImmutableArray<string> StopStrings,
    string? CacheSalt,
    OutputGroup Group,
    int Priority,
    string? Tenant);

/// <summary>The outputs of one prompt.</summary>
/// <param name="Samples">Outputs in the answer ("n").</param>
/// <param name="BestOf">Samples drawn, of which the likeliest are the outputs.</param>
/// <param name="Beams">Beam search in place of sampling; null = none.</param>
internal sealed record OutputGroup(int Samples, int? BestOf, BeamParams? Beams);

/// <summary>What a line asks to be continued.</summary>
internal abstract record PromptSource
{
    private PromptSource()
    {
    }

    /// <summary>Plain text, tokenised with the model's special tokens around it.</summary>
    public sealed record Text(string Value) : PromptSource;

    /// <summary>Tokens as they are; needs no tokenizer.</summary>
    public sealed record Tokens(ImmutableArray<TokenId> Value) : PromptSource;

    /// <summary>A conversation, rendered by the model's chat template.</summary>
    public sealed record Chat(JsonArray Messages, JsonArray? Tools) : PromptSource;
}
