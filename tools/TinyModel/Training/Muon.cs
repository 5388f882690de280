using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Training;

/// <summary>
/// Momentum whose update is made orthogonal: every direction of a matrix moves as far. Stacks of
/// matrices
/// with one shape are handled together.
/// </summary>
public sealed class Muon : IDisposable
{
    private const double Momentum = 0.95;
    private const double WeightDecay = 0.02;

    // Newton and Schulz's iteration with the coefficients of Jordan et al.: all singular values go
    // to about 1.
    // As a script it costs one call from here instead of thirty.
    private const string Iteration = """
        def orthogonal(x):
            x = x / (torch.sqrt(torch.sum(x * x, [1, 2], True)) + 1e-7)
            for i in range(5):
                a = torch.bmm(x, torch.transpose(x, 1, 2))
                b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
                x = torch.baddbmm(x, b, x, beta=3.4445, alpha=1.0)
            return x

        """;

    private readonly jit.CompilationUnit script = jit.compile(Iteration);
    private readonly IReadOnlyList<Tensor> stacks;
    private readonly IReadOnlyList<Tensor> momenta;

    /// <summary>An optimizer of stacks [layer, rows, columns].</summary>
    public Muon(IReadOnlyList<Tensor> stacks)
    {
        this.stacks = stacks;
        momenta = [.. stacks.Select(stack => zeros_like(stack))];
    }

    /// <summary>One step along the gradients, which are then forgotten.</summary>
    public void Step(double rate)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var updates = stacks.Zip(momenta, Direction).ToList();
        foreach (
            var group in Enumerable.Range(0, stacks.Count).GroupBy(i =>
                (Wide(updates[i]).shape[1], Wide(updates[i]).shape[2])))
        {
            var members = group.ToList();
            var together = Orthogonal(cat([.. members.Select(i => Wide(updates[i]))]));
            var parts = together.split(stacks[0].shape[0]);
            for (var m = 0; m < members.Count; m++) Apply(stacks[members[m]], parts[m], rate);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        script.Dispose();
        foreach (var momentum in momenta) momentum.Dispose();
    }

    private Tensor Orthogonal(Tensor stack) => (Tensor)script.invoke("orthogonal", stack);

    private static Tensor Direction(Tensor stack, Tensor momentum)
    {
        var gradient = stack.grad!;
        momentum.lerp_(gradient, 1 - Momentum);
        var direction = gradient.lerp(momentum, Momentum).to(bfloat16);
        gradient.zero_();
        return direction;
    }

    private static Tensor Wide(Tensor stack) =>
        stack.shape[1] > stack.shape[2] ? stack.transpose(1, 2) : stack;

    private static void Apply(Tensor stack, Tensor update, double rate)
    {
        var (rows, columns) = (stack.shape[1], stack.shape[2]);
        var turned = rows > columns ? update.transpose(1, 2) : update;
        stack.mul_(1 - (rate * WeightDecay));
        stack.add_(turned.to(float32),
            alpha: -rate * Math.Sqrt(Math.Max(1.0, (double)rows / columns)));
    }
}
