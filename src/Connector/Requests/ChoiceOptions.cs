using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>Reads how many answers are asked for, and whether beams search for them.</summary>
internal static class ChoiceOptions
{
    /// <summary>The choices. Conflicts between them are for later.</summary>
    public static ChoiceGroup Read(OptionReader reader)
    {
        var count = Whole(reader, OptionNames.N);
        var bestOf = Whole(reader, OptionNames.BestOf);
        var width = (int?)reader.Whole(
            OptionNames.BeamWidth, null, ParameterRules.BeamWidthMin, ParameterRules.BeamWidthMax);
        var penalty = reader.Number(
            OptionNames.LengthPenalty, null, value => value is >= -10 and <= 10, "from -10 to 10");
        var early = ReadEarlyStopping(reader);
        if (reader.Given(OptionNames.BeamWidth) is null)
            foreach (var name in (string[])[OptionNames.LengthPenalty, OptionNames.EarlyStopping])
                if (reader.Given(name) is { } lonely)
                    reader.Wrong(name, lonely, "unset without beam_width");
        return new ChoiceGroup(
            count ?? 1,
            bestOf,
            width is { } beams
                ? new BeamParams
                {
                    Width = beams,
                    LengthPenalty = penalty ?? 1,
                    EarlyStopping = early,
                }
                : null);
    }

    /// <summary>
    /// How many choices options ask for; 1 where they say nothing, or what cannot be taken.
    /// </summary>
    public static int CountOf(IReadOnlyDictionary<string, object?>? additional) =>
        Whole(new OptionReader(additional), OptionNames.N) ?? 1;

    /// <summary>
    /// The model's defaults without those that shape a draw where beams search: a search draws
    /// nothing, and who says nothing of a temperature is not to be refused for the model's.
    /// </summary>
    public static SamplingParams Defaults(OptionReader reader, SamplingParams own) =>
        reader.Given(OptionNames.BeamWidth) is null
            ? own
            : own with { Temperature = 0, TopK = 0, TopP = 1, MinP = 0, Logprobs = null };

    private static int? Whole(OptionReader reader, string name) =>
        (int?)reader.Whole(name, null, 1, int.MaxValue);

    private static EarlyStopping ReadEarlyStopping(OptionReader reader)
    {
        if (reader.Given(OptionNames.EarlyStopping) is not { } given)
            return default;
        if (Parse(given) is { } read)
            return read;
        reader.Wrong(OptionNames.EarlyStopping, given, "true, false or \"never\"");
        return default;
    }

    /// <summary>
    /// As transformers has it: true, false or "never"; also by this engine's names.
    /// </summary>
    public static EarlyStopping? Parse(object given) =>
        given is EarlyStopping early && Enum.IsDefined(early) ? early
        : given is EarlyStopping || OptionJson.Of(given) is not { } json ? null
        : OptionJson.Flag(json) is { } always
            ? always ? EarlyStopping.Always : EarlyStopping.Heuristic
        : OptionJson.Text(json)?.ToUpperInvariant() switch
        {
            "NEVER" => EarlyStopping.Never,
            "ALWAYS" => EarlyStopping.Always,
            "HEURISTIC" => EarlyStopping.Heuristic,
            _ => null,
        };
}
