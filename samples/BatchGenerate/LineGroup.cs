using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>
/// The fields that make a line a group of sequences. Ranges and conflicts are the engine's to
/// tell, all at once; here is what it never sees.
/// </summary>
internal static class LineGroup
{
    private static readonly string[] OfBeams = ["length_penalty", "early_stopping"];

    /// <summary>How many outputs, and of how many.</summary>
    /// <exception cref="LineException">A type is wrong, or a beam's field has no beams.</exception>
    public static OutputGroup Parse(LineFields fields) =>
        new(fields.Whole("n") ?? 1, fields.Whole("best_of"), Beams(fields));

    /// <summary>
    /// The model's defaults without those that shape a draw: a search draws nothing, and a line
    /// that says nothing of a temperature is not to be refused for its model's.
    /// </summary>
    public static SamplingParams Searching(SamplingParams defaults) =>
        defaults with { Temperature = 0, TopK = 0, TopP = 1, MinP = 0 };

    private static BeamParams? Beams(LineFields fields)
    {
        var (penalty, early) = (fields.Number("length_penalty"), Early(fields));
        if (fields.Whole("beam_width") is { } width)
            return new BeamParams
            {
                Width = width,
                LengthPenalty = penalty ?? 1,
                EarlyStopping = early,
            };
        return OfBeams.FirstOrDefault(name => fields.Node(name) is not null) is { } lonely
            ? throw new LineException("invalid_value", $"{lonely} needs a beam_width.")
            : null;
    }

    private static EarlyStopping Early(LineFields fields) =>
        fields.Node("early_stopping") switch
        {
            null => EarlyStopping.Heuristic,
            JsonValue value when value.TryGetValue<bool>(out var always) =>
                always ? EarlyStopping.Always : EarlyStopping.Heuristic,
            JsonValue value when value.TryGetValue<string>(out var text) && text == "never" =>
                EarlyStopping.Never,
            var other => throw LineFields.Wrong(
                "early_stopping", other, "true, false or \"never\""),
        };
}
