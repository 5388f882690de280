using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Training;

/// <summary>Adam without weight decay, for the embedding and the norms.</summary>
public sealed class Adam : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.95;
    private const double Epsilon = 1e-9;

    private readonly IReadOnlyList<Tensor> tensors;
    private readonly IReadOnlyList<Tensor> means;
    private readonly IReadOnlyList<Tensor> squares;
    private int steps;

    /// <summary>An optimizer of the given tensors.</summary>
    public Adam(IReadOnlyList<Tensor> tensors)
    {
        this.tensors = tensors;
        means = [.. tensors.Select(tensor => zeros_like(tensor))];
        squares = [.. tensors.Select(tensor => zeros_like(tensor))];
    }

    /// <summary>One step along the gradients, which are then forgotten.</summary>
    public void Step(double rate)
    {
        using var noGradients = no_grad();
        steps++;
        var corrected = rate * Math.Sqrt(1 - Math.Pow(SecondDecay, steps)) / (1 - Math.Pow(FirstDecay, steps));
        for (var i = 0; i < tensors.Count; i++)
        {
            using var scope = NewDisposeScope();
            var gradient = tensors[i].grad!;
            means[i].lerp_(gradient, 1 - FirstDecay);
            squares[i].mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
            tensors[i].addcdiv_(means[i], squares[i].sqrt().add_(Epsilon), -corrected);
            gradient.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in means.Concat(squares)) tensor.Dispose();
    }
}
