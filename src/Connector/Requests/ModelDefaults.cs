using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>What holds where a request says nothing: the model's generation_config.json.</summary>
/// <param name="Sampling">How tokens are drawn.</param>
/// <param name="EndTokens">The model's end-of-sequence tokens.</param>
/// <param name="MaxTokens">Tokens of output at most; null = as many as fit.</param>
/// <param name="VocabularySize">Tokens of the vocabulary.</param>
internal sealed record ModelDefaults(
    SamplingParams Sampling,
    ImmutableArray<TokenId> EndTokens,
    int? MaxTokens,
    int VocabularySize)
{
    /// <summary>The defaults of a model.</summary>
    public static ModelDefaults Of(GenerationDefaults generation, int vocabularySize) =>
        new(
            generation.ToSamplingParams(),
            generation.EndOfSequence,
            null,
            vocabularySize);
}
