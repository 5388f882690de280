namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// How rotary position embeddings are stretched beyond the length of the training.
/// </summary>
public abstract record RopeScaling
{
    private RopeScaling()
    {
    }

    /// <summary>Not at all: the angle of position p is p times the frequency.</summary>
    public sealed record None : RopeScaling;

    /// <summary>Every frequency is divided by one factor.</summary>
    /// <param name="Factor">At least 1.</param>
    public sealed record Linear(double Factor) : RopeScaling;

    /// <summary>
    /// Llama 3.1's: low frequencies are divided by the factor, high ones are kept, those between
    /// are interpolated.
    /// </summary>
    /// <param name="Factor">By how much low frequencies are divided, at least 1.</param>
    /// <param name="LowFrequencyFactor">
    /// Wavelengths above OriginalMaxPositions / this are low frequencies.
    /// </param>
    /// <param name="HighFrequencyFactor">
    /// Wavelengths below OriginalMaxPositions / this are high frequencies; above the low factor.
    /// </param>
    /// <param name="OriginalMaxPositions">The training's length in tokens.</param>
    public sealed record Llama3(
        double Factor,
        double LowFrequencyFactor,
        double HighFrequencyFactor,
        int OriginalMaxPositions) : RopeScaling;
}
