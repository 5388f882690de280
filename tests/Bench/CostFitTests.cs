using SkPaged.Bench.Paper;
using Xunit;

namespace SkPaged.Bench.Tests;

public class CostFitTests
{
    [Fact]
    public void A_fit_to_steps_of_a_known_cost_finds_its_constants()
    {
        var known = new CostModel
        {
            Step = 1e-3,
            Row = 2e-5,
            Weights = 5e-3,
            Token = 1e-4,
            Read = 3e-7,
            Pair = 4e-9,
        };
        var fit = CostFit.Of(
            [.. Shapes().Select(shape => new MeasuredStep(shape, known.Seconds(shape)))]);
        // The tokens at which products begin to take longer are tried in steps of a fifth.
        Assert.InRange(fit.MeanError, 0, 0.02);
        Assert.InRange(fit.Model.Read, 0.9 * known.Read, 1.1 * known.Read);
        Assert.InRange(fit.Model.Token, 0.9 * known.Token, 1.1 * known.Token);
    }

    [Fact]
    public void A_coefficient_that_would_be_negative_is_zero_and_the_others_are_found_again()
    {
        double[][] rows = [[1, 0], [1, 1], [1, 2]];
        var found = LeastSquares.Solve(rows, [3, 2, 1]);
        Assert.Equal(0, found[1]);
        Assert.Equal(2, found[0], precision: 9);
    }

    [Fact]
    public void The_model_fits_the_measured_steps_of_an_H200_to_a_tenth_on_average() =>
        Assert.InRange(CostFit.Of(H200Steps.All).MeanError, 0, 0.1);

    private static IEnumerable<CostModel.Shape> Shapes() =>
        from rows in (int[])[1, 4, 16, 64, 256]
        from context in (int[])[16, 128, 1000]
        from prompt in (int[])[0, 100, 1000]
        select new CostModel.Shape(
            rows, rows + prompt, (long)rows * context + prompt, 0.5 * prompt * prompt, 0, 0, 0);
}
