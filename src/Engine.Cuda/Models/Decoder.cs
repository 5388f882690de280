using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A decoder-only transformer over a paged KV cache: embedding, then in each layer attention and a
/// gated feed-forward network, each after an RMS norm and added to its input; then norm and head.
/// </summary>
internal abstract class Decoder : IDisposable
{
    /// <summary>
    /// Writes K and V of all tokens of the plan and gives the logits of the rows that sample:
    /// [sampling rows, vocabulary] in the decoder's type, valid until the next call.
    /// </summary>
    public abstract Tensor Forward(StepPlan plan);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
