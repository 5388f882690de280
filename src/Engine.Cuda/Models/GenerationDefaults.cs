using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// What <c>generation_config.json</c> recommends for sampling. Null where it is silent: the caller
/// decides then.
/// </summary>
public sealed record GenerationDefaults
{
    private const string GenerationFile = "generation_config.json";

    private const string ModelFile = "config.json";

    /// <summary>Any of these tokens ends a sequence; may be empty.</summary>
    public ImmutableArray<TokenId> EndOfSequence { get; init; } = [];

    /// <summary>Whether to sample (true) or to take the likeliest token (false).</summary>
    public bool? DoSample { get; init; }

    /// <summary>At least 0.</summary>
    public double? Temperature { get; init; }

    /// <summary>At least 0; 0 keeps all tokens.</summary>
    public int? TopK { get; init; }

    /// <summary>0 (exclusive) to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>0 to 1.</summary>
    public double? MinP { get; init; }

    /// <summary>Above 0; 1 changes nothing.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>
    /// The recommendation as sampling values. A model that does not say whether to sample samples
    /// if it gives a temperature, and takes the most likely token if not.
    /// </summary>
    public SamplingParams ToSamplingParams() =>
        new()
        {
            Temperature = DoSample ?? Temperature is not null ? (float)(Temperature ?? 1) : 0,
            TopK = TopK ?? 0,
            TopP = (float)(TopP ?? 1),
            MinP = (float)(MinP ?? 0),
            RepetitionPenalty = (float)(RepetitionPenalty ?? 1),
        };

    /// <summary>Reads a model folder's defaults.</summary>
    /// <param name="folder">
    /// The folder. <c>generation_config.json</c> may be absent; <c>config.json</c> is asked for the
    /// end-of-sequence tokens if it does not name any.
    /// </param>
    /// <exception cref="ModelConfigException">A value is invalid.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static GenerationDefaults Read(string folder) => Parse(
        TextOf(Path.Combine(folder, GenerationFile)),
        TextOf(Path.Combine(folder, ModelFile)),
        folder);

    /// <summary>Reads the texts of the two files; null stands for an absent one.</summary>
    /// <exception cref="ModelConfigException">A value is invalid.</exception>
    public static GenerationDefaults Parse(string? generationConfig, string? config) =>
        Parse(generationConfig, config, folder: "");

    private static GenerationDefaults Parse(
        string? generationConfig, string? config, string folder)
    {
        using var generation = ConfigObject.Parse(
            generationConfig ?? "{}", Path.Combine(folder, GenerationFile));
        using var model = ConfigObject.Parse(config ?? "{}", Path.Combine(folder, ModelFile));
        var ends = generation.NaturalInts("eos_token_id");
        return new()
        {
            EndOfSequence =
            [
                .. (ends.Count > 0 ? ends : model.NaturalInts("eos_token_id"))
                    .Distinct()
                    .Select(id => new TokenId(id)),
            ],
            DoSample = generation.Has("do_sample") ? generation.Flag("do_sample", false) : null,
            Temperature = InRange(generation, "temperature", t => t >= 0, "at least 0"),
            TopK = generation.NaturalIntOrNull("top_k"),
            TopP = InRange(generation, "top_p", p => p is > 0 and <= 1, "a number in (0, 1]"),
            MinP = InRange(generation, "min_p", p => p is >= 0 and <= 1, "a number in [0, 1]"),
            RepetitionPenalty = generation.PositiveNumberOrNull("repetition_penalty"),
        };
    }

    private static double? InRange(
        ConfigObject generation, string key, Func<double, bool> isValid, string range) =>
        generation.NumberOrNull(key) is not { } number
            ? null
            : isValid(number) ? number : throw generation.Problem(key, $"{range} is needed");

    private static string? TextOf(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
