using System.Globalization;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>
/// What the engine's configuration makes of options. The engine tells the same; here it is told
/// with all else that is wrong.
/// </summary>
/// <param name="MaxSequences">Sequences that run at once.</param>
/// <param name="Policy">Who goes first.</param>
internal sealed record EngineLimits(int MaxSequences, SchedulingPolicy Policy)
{
    /// <summary>The limits of an engine.</summary>
    public static EngineLimits Of(SchedulerConfig config) =>
        new(config.MaxSequences, config.Policy);

    /// <summary>What a request asks for beyond them.</summary>
    public IEnumerable<ParameterError> Check(ChoiceGroup choices, int priority)
    {
        var width = choices.Beams?.Width ?? choices.Samples;
        if (width > MaxSequences)
            yield return new ParameterError(
                choices.Beams is not null ? OptionNames.BeamWidth
                    : choices.BestOf is not null ? OptionNames.BestOf
                    : OptionNames.N,
                Text(width),
                $"at most {Text(MaxSequences)}, the sequences that run at once");
        if (priority != 0 && Policy != SchedulingPolicy.Priority)
            yield return new ParameterError(
                OptionNames.Priority, Text(priority), "0 under any policy but priority");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
