using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Training;

/// <summary>
/// Operations that libtorch has in one kernel, or makes one kernel of, and TorchSharp does not offer: they are
/// reached through TorchScript and keep their gradients.
/// </summary>
public sealed class FusedOps : IDisposable
{
    private readonly jit.CompilationUnit script;

    /// <summary>Compiles the scripts for heads and hidden states of the given sizes.</summary>
    public FusedOps(TinyShape shape) => script = jit.compile($$"""
        def embedding(weight, tokens):
            return torch.embedding(weight, tokens)

        def norm(x, weight):
            return torch.rms_norm(x, [{{shape.Hidden}}], weight, {{TinyShape.NormEpsilon:F7}})

        def rotated(x, weight, cos, sin):
            y = torch.rms_norm(x, [{{shape.HeadDim}}], None, {{TinyShape.NormEpsilon:F7}}) * weight
            a, b = torch.chunk(y, 2, -1)
            return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

        def gated(x):
            a, b = torch.chunk(x, 2, -1)
            return torch.silu(a) * b

        def attention(q, k, v):
            return torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=None, enable_gqa=True)

        """);

    /// <summary>The rows of the weight that the tokens name.</summary>
    public Tensor Embedding(Tensor weight, Tensor tokens) => (Tensor)script.invoke("embedding", weight, tokens);

    /// <summary>RMS norm over the hidden state, times the weight.</summary>
    public Tensor Norm(Tensor x, Tensor weight) => (Tensor)script.invoke("norm", x, weight);

    /// <summary>
    /// RMS norm over each head, times the weight, turned by the angles of the place. Hugging Face's form: the
    /// two halves of a head are the real and the imaginary parts.
    /// </summary>
    public Tensor Rotated(Tensor x, Tensor weight, Tensor cos, Tensor sin) =>
        (Tensor)script.invoke("rotated", x, weight, cos, sin);

    /// <summary>SiLU of the first half of the last dimension, times the second.</summary>
    public Tensor Gated(Tensor x) => (Tensor)script.invoke("gated", x);

    /// <summary>
    /// Causal attention: q [batch, query heads, time, head], k and v [batch, key heads, time, head].
    /// </summary>
    public Tensor Attention(Tensor q, Tensor k, Tensor v) => (Tensor)script.invoke("attention", q, k, v);

    /// <inheritdoc/>
    public void Dispose() => script.Dispose();
}
