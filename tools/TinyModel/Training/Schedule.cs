using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Training;

/// <summary>How training goes on: row lengths from short to long, and the rates.</summary>
/// <param name="Steps">Steps in all.</param>
/// <param name="TokensPerStep">Tokens of a batch, padding included.</param>
/// <param name="MatrixRate">The rate of the matrices at its height.</param>
/// <param name="OtherRate">The rate of the embedding and the norms at its height.</param>
/// <param name="FirstStep">The step that this run begins with; the rates rise from there.</param>
public sealed record Schedule(
    int Steps, int TokensPerStep, double MatrixRate, double OtherRate, int FirstStep = 0)
{
    private const int WarmUp = 200;
    private const double DecayShare = 0.4;
    private const double LastRate = 0.02;

    private static readonly int[] Lengths = [256, 512, 1024, 2048];

    /// <summary>The tokens of a row in a step. It depends on the seed and the step alone.</summary>
    public int Time(Dice dice, int step) => Lengths[((double)step / Steps) switch
    {
        < 0.08 => 0,
        < 0.25 => dice.Weighted(50, 50),
        < 0.55 => dice.Weighted(25, 40, 35),
        < 0.80 => dice.Weighted(20, 30, 32, 18),
        _ => dice.Weighted(22, 30, 28, 20),
    }];

    /// <summary>What the rates are multiplied by: up, level, then down in a line.</summary>
    public double Rate(int step)
    {
        var up = Math.Min(1.0, (step - FirstStep + 1.0) / WarmUp);
        var down = Math.Min(1.0, (Steps - step) / (Steps * DecayShare));
        return Math.Min(up, LastRate + ((1 - LastRate) * down));
    }

    /// <summary>
    /// The share of the tokens that the model only reads which it also learns to foresee. At first
    /// that
    /// teaches it to find what was said before.
    /// </summary>
    public double ReadShare(int step) => ((double)step / Steps) switch
    {
        < 0.4 => 0.06,
        < 0.8 => 0.02,
        _ => 0,
    };
}
