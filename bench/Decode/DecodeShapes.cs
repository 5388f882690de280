using SkPaged.Engine.Cuda.Models;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>Sizes of models, to be filled with random weights.</summary>
internal static class DecodeShapes
{
    /// <summary>Qwen2.5-0.5B.</summary>
    public static ModelConfig HalfBillion { get; } = new()
    {
        Family = ModelFamily.Qwen2,
        VocabularySize = 151_936,
        HiddenSize = 896,
        IntermediateSize = 4864,
        Layers = 24,
        QueryHeads = 14,
        KeyValueHeads = 2,
        HeadDim = 64,
        RmsNormEpsilon = 1e-6,
        RopeTheta = 1e6,
        RopeScaling = new RopeScaling.None(),
        MaxPositions = 32_768,
        SlidingWindow = null,
        TieWordEmbeddings = true,
        QueryKeyValueBias = true,
        AttentionOutputBias = false,
        MlpBias = false,
        QueryKeyNorm = false,
        DType = ScalarType.BFloat16,
    };

    /// <summary>The embedded model.</summary>
    public static ModelConfig Small { get; } = HalfBillion with
    {
        Family = ModelFamily.Qwen3,
        VocabularySize = 4096,
        HiddenSize = 256,
        IntermediateSize = 704,
        Layers = 8,
        QueryHeads = 8,
        KeyValueHeads = 4,
        HeadDim = 32,
        QueryKeyValueBias = false,
        QueryKeyNorm = true,
        MaxPositions = 2048,
    };

    /// <summary>Qwen3-0.6B.</summary>
    public static ModelConfig Qwen600M { get; } = Small with
    {
        VocabularySize = 151_936,
        HiddenSize = 1024,
        IntermediateSize = 3072,
        Layers = 28,
        QueryHeads = 16,
        KeyValueHeads = 8,
        HeadDim = 128,
        MaxPositions = 40_960,
    };

    /// <summary>Llama 3.1 8B, its rotary frequencies unstretched.</summary>
    public static ModelConfig Llama8B { get; } = Qwen600M with
    {
        Family = ModelFamily.Llama,
        VocabularySize = 128_256,
        HiddenSize = 4096,
        IntermediateSize = 14_336,
        Layers = 32,
        QueryHeads = 32,
        KeyValueHeads = 8,
        HeadDim = 128,
        TieWordEmbeddings = false,
        QueryKeyNorm = false,
        MaxPositions = 131_072,
    };

    /// <summary>A shape by its name on the command line, or a <c>config.json</c>.</summary>
    public static ModelConfig Named(string name) => name switch
    {
        "0.5b" => HalfBillion,
        "small" => Small,
        "0.6b" => Qwen600M,
        "8b" => Llama8B,
        _ when File.Exists(name) => ModelConfig.Read(name),
        _ => throw new ArgumentException(
            $"The shape {name} is not known: small, 0.5b, 0.6b, 8b, or a config.json."),
    };
}
