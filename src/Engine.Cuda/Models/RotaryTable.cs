namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// Cosines and sines of the rotary embedding: one row a position, one column a frequency, that is
/// a pair (i, i + headDim / 2) of a head's elements.
/// </summary>
/// <remarks>
/// Frequencies and angles are rounded to float32, as they were where the models were trained.
/// Sources: Su et al., "RoFormer", 2021; Llama 3.1's scaling as its authors published it.
/// </remarks>
internal sealed class RotaryTable
{
    private RotaryTable(int positions, int frequencies)
    {
        (Positions, Frequencies) = (positions, frequencies);
        Cos = new float[(long)positions * frequencies];
        Sin = new float[(long)positions * frequencies];
    }

    public int Positions { get; }

    public int Frequencies { get; }

    /// <summary>[Positions, Frequencies], row by row.</summary>
    public float[] Cos { get; }

    /// <summary>[Positions, Frequencies], row by row.</summary>
    public float[] Sin { get; }

    public static RotaryTable Of(ModelConfig config, int positions) =>
        Of(FrequenciesOf(config), positions);

    /// <summary>The table of these frequencies, in radians a position.</summary>
    public static RotaryTable Of(float[] frequencies, int positions)
    {
        var table = new RotaryTable(positions, frequencies.Length);
        for (var position = 0; position < positions; position++)
            for (var i = 0; i < frequencies.Length; i++)
            {
                var angle = position * frequencies[i];
                table.Cos[position * frequencies.Length + i] = MathF.Cos(angle);
                table.Sin[position * frequencies.Length + i] = MathF.Sin(angle);
            }
        return table;
    }

    /// <summary>The angle that a position adds, for each pair of a head's elements.</summary>
    public static float[] FrequenciesOf(ModelConfig config) =>
    [
        .. Enumerable.Range(0, config.HeadDim / 2)
            .Select(i => (float)Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim))
            .Select(frequency => Scaled(frequency, config.RopeScaling)),
    ];

    private static float Scaled(float frequency, RopeScaling scaling) => scaling switch
    {
        RopeScaling.None => frequency,
        RopeScaling.Linear linear => frequency / (float)linear.Factor,
        RopeScaling.Llama3 llama3 => Scaled(frequency, llama3),
        _ => throw new NotSupportedException($"Rope scaling {scaling.GetType().Name}"),
    };

    // wavelength:  | high frequencies: kept | interpolated | low frequencies: divided |
    //              0          original / highFactor   original / lowFactor            ∞
    private static float Scaled(float frequency, RopeScaling.Llama3 scaling)
    {
        var wavelength = 2 * Math.PI / frequency;
        var kept = (scaling.OriginalMaxPositions / wavelength - scaling.LowFrequencyFactor)
            / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        var share = Math.Clamp(kept, 0, 1);
        return (float)((1 - share) * frequency / scaling.Factor + share * frequency);
    }
}
