using System.Text.Json;
using SkPaged.Engine.Cuda.Models;
using TorchSharp;

namespace SkPaged.Bench;

/// <summary>
/// A shape as a <c>config.json</c>, for engines that read one; the file is gone when this is.
/// </summary>
internal sealed class ShapeFile : IDisposable
{
    private readonly bool _isOwn;

    /// <param name="shape">A name or a file, as on the command line.</param>
    public ShapeFile(string shape)
    {
        _isOwn = !File.Exists(shape);
        Path = _isOwn ? System.IO.Path.GetTempFileName() : shape;
        if (_isOwn)
            File.WriteAllText(Path, Text(DecodeShapes.Named(shape)));
    }

    public string Path { get; }

    public void Dispose()
    {
        if (_isOwn)
            File.Delete(Path);
    }

    /// <summary>A configuration that is read as this shape.</summary>
    public static string Text(ModelConfig shape) => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["architectures"] = (string[])[$"{shape.Family}ForCausalLM"],
            ["vocab_size"] = shape.VocabularySize,
            ["hidden_size"] = shape.HiddenSize,
            ["intermediate_size"] = shape.IntermediateSize,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.QueryHeads,
            ["num_key_value_heads"] = shape.KeyValueHeads,
            ["head_dim"] = shape.HeadDim,
            ["rms_norm_eps"] = shape.RmsNormEpsilon,
            ["rope_theta"] = shape.RopeTheta,
            ["max_position_embeddings"] = shape.MaxPositions,
            ["tie_word_embeddings"] = shape.TieWordEmbeddings,
            ["torch_dtype"] = shape.DType == torch.ScalarType.BFloat16 ? "bfloat16" : "float32",
        });
}
