namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// Rotary embeddings in both forms of <c>config.json</c>: <c>rope_theta</c> beside
/// <c>rope_scaling</c>, and all in <c>rope_parameters</c> (Transformers 5).
/// </summary>
internal static class RopeReader
{
    private const double DefaultTheta = 10_000;

    public static (double Theta, RopeScaling Scaling) Read(ConfigObject config)
    {
        var parameters = config.ObjectOrNull("rope_parameters");
        var theta = parameters?.PositiveNumberOrNull("rope_theta")
            ?? config.PositiveNumberOrNull("rope_theta")
            ?? DefaultTheta;
        return (parameters ?? config.ObjectOrNull("rope_scaling")) is { } scaling
            ? (theta, Scaling(scaling))
            : (theta, new RopeScaling.None());
    }

    private static RopeScaling Scaling(ConfigObject rope)
    {
        foreach (var layers in new[] { "full_attention", "sliding_attention" })
            if (rope.Has(layers))
                throw rope.Problem(layers, "one rotation for all layers is supported");
        if (rope.NumberOrNull("partial_rotary_factor") is not (null or 1))
            throw rope.Problem("partial_rotary_factor", "supported is 1, the whole head");
        var key = rope.Has("rope_type") ? "rope_type" : "type";
        return rope.TextOrNull(key) switch
        {
            null or "default" => new RopeScaling.None(),
            "linear" => new RopeScaling.Linear(Factor(rope)),
            "llama3" => Llama3(rope),
            _ => throw rope.Problem(key, "supported are default, linear, llama3"),
        };
    }

    private static RopeScaling.Llama3 Llama3(ConfigObject rope)
    {
        var low = rope.PositiveNumber("low_freq_factor");
        var high = rope.PositiveNumber("high_freq_factor");
        return high > low
            ? new(Factor(rope), low, high, rope.PositiveInt("original_max_position_embeddings"))
            : throw rope.Problem("high_freq_factor", $"it must be above low_freq_factor, {low}");
    }

    private static double Factor(ConfigObject rope) =>
        rope.PositiveNumber("factor") is >= 1 and var factor
            ? factor
            : throw rope.Problem("factor", "at least 1 is needed");
}
