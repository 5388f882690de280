using System.Globalization;

namespace SkPaged.Bench.Paper;

/// <summary>A step that was measured.</summary>
internal readonly record struct MeasuredStep(CostModel.Shape Shape, double Seconds);

/// <summary>
/// The cost model that is nearest to measured steps, relatively, and how near it is. Where products
/// begin to take longer than the weights' reading is tried out; all else is least squares.
/// </summary>
/// <param name="Model">The nearest.</param>
/// <param name="MeanError">Mean of |model / measured - 1|.</param>
/// <param name="MaxError">The greatest of them.</param>
internal sealed record CostFit(CostModel Model, double MeanError, double MaxError)
{
    private const double TokensMost = 2048;
    private const double TokensFactor = 1.2;

    public static CostFit Of(IReadOnlyList<MeasuredStep> steps)
    {
        CostFit? best = null;
        for (var tokens = 1.0; tokens <= TokensMost; tokens *= TokensFactor)
        {
            var fit = Test(Solve(steps, tokens), steps);
            if (best is null || fit.MeanError < best.MeanError)
                best = fit;
        }

        return best!;
    }

    /// <summary>How near <paramref name="model"/> is to steps that it was not made from.</summary>
    public static CostFit Test(CostModel model, IReadOnlyList<MeasuredStep> steps)
    {
        var errors = steps
            .Select(step => Math.Abs(model.Seconds(step.Shape) / step.Seconds - 1)).ToList();
        return new CostFit(model, errors.Average(), errors.Max());
    }

    /// <summary>The errors, and the constants in microseconds.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        error {MeanError:P1} on average, {MaxError:P1} at most; in microseconds: step
          {1e6 * Model.Step:G3}, row {1e6 * Model.Row:G3}, weights {1e6 * Model.Weights:G3} or token
          {1e6 * Model.Token:G3}, token of context {1e6 * Model.Read:G3}, pair of a prompt
          {1e6 * Model.Pair:G3}
        """);

    private static CostModel Solve(IReadOnlyList<MeasuredStep> steps, double tokens)
    {
        var rows = steps.Select(step => (double[])
        [
            1 / step.Seconds,
            step.Shape.Rows / step.Seconds,
            Math.Max(tokens, step.Shape.Tokens) / step.Seconds,
            step.Shape.Reads / step.Seconds,
            step.Shape.Pairs / step.Seconds,
        ]).ToList();
        var found = LeastSquares.Solve(rows, [.. steps.Select(_ => 1.0)]);
        return new CostModel
        {
            Step = found[0],
            Row = found[1],
            Token = found[2],
            Weights = found[2] * tokens,
            Read = found[3],
            Pair = found[4],
        };
    }
}
