using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>The weights of one decoder layer; projections are [outputs, inputs].</summary>
/// <param name="InputNorm">[hidden].</param>
/// <param name="Qkv">Queries, keys and values under each other.</param>
/// <param name="QkvBias">The same of the biases; null: none.</param>
/// <param name="QueryNorm">[headDim]; null: none.</param>
/// <param name="KeyNorm">[headDim]; null: none.</param>
/// <param name="Output">Attention back to hidden.</param>
/// <param name="OutputBias">[hidden]; null: none.</param>
/// <param name="MlpNorm">[hidden].</param>
/// <param name="GateUp">Gate and up under each other.</param>
/// <param name="GateUpBias">The same of the biases; null: none.</param>
/// <param name="Down">Intermediate back to hidden.</param>
/// <param name="DownBias">[hidden]; null: none.</param>
internal sealed record LayerWeights(
    Tensor InputNorm,
    Tensor Qkv,
    Tensor? QkvBias,
    Tensor? QueryNorm,
    Tensor? KeyNorm,
    Tensor Output,
    Tensor? OutputBias,
    Tensor MlpNorm,
    Tensor GateUp,
    Tensor? GateUpBias,
    Tensor Down,
    Tensor? DownBias);
