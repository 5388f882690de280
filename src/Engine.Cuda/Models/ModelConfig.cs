using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>What <c>config.json</c> says about a decoder: all that is needed to build it.</summary>
public sealed record ModelConfig
{
    /// <summary>The family, which decides the names of the weights.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Rows of the embedding, and logits of a token.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Elements of a token's hidden state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Elements between the two halves of the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of the queries; a multiple of <see cref="KeyValueHeads"/>.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>Heads of the keys and the values.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Elements of a head, even. Need not be HiddenSize / QueryHeads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>What RMS norms add to the mean square.</summary>
    public required double RmsNormEpsilon { get; init; }

    /// <summary>The base of the rotary frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>How the rotary frequencies are stretched.</summary>
    public required RopeScaling RopeScaling { get; init; }

    /// <summary>
    /// The longest sequence in tokens. At most <see cref="SlidingWindow"/>: up to there, attention
    /// over the window is attention over everything, and the engine computes the latter.
    /// </summary>
    public required int MaxPositions { get; init; }

    /// <summary>
    /// The window of sliding-window attention in tokens; null where there is none.
    /// </summary>
    public required int? SlidingWindow { get; init; }

    /// <summary>Whether the head that gives the logits is the embedding itself.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>Whether the projections to queries, keys and values have biases.</summary>
    public required bool QueryKeyValueBias { get; init; }

    /// <summary>
    /// Whether the projection from attention back to the hidden state has a bias.
    /// </summary>
    public required bool AttentionOutputBias { get; init; }

    /// <summary>Whether the three projections of the feed-forward network have biases.</summary>
    public required bool MlpBias { get; init; }

    /// <summary>Whether each head of queries and keys is RMS-normed before the rotation.</summary>
    public required bool QueryKeyNorm { get; init; }

    /// <summary>
    /// The type that the weights were published in; float32 where the file is silent.
    /// </summary>
    public required ScalarType DType { get; init; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelConfigException">
    /// A value is missing, invalid or not supported: the message names the key and the value.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelConfig Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="ModelConfigException">
    /// A value is missing, invalid or not supported: the message names the key and the value.
    /// </exception>
    public static ModelConfig Parse(string json, string source = "config.json")
    {
        using var config = ConfigObject.Parse(json, source);
        return ModelConfigReader.Read(config);
    }
}
