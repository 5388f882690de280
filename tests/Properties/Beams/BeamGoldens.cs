using System.Collections.Immutable;
using System.Text.Json;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>
/// The searches of Goldens/transformers.json, which Goldens/make.py has the beam search of Hugging
/// Face transformers run: the same outputs, in the same order, for the same reasons.
/// </summary>
public class BeamGoldens
{
    // transformers adds and divides float32.
    private const double Tolerance = 2e-6;

    public static TheoryData<EarlyStopping> Stoppings => [.. Enum.GetValues<EarlyStopping>()];

    [Theory, MemberData(nameof(Stoppings))]
    public void A_search_finds_what_transformers_finds(EarlyStopping stopping)
    {
        using var goldens = JsonDocument.Parse(Open());
        var cases = goldens.RootElement.GetProperty("cases").EnumerateArray()
            .Where(golden => Text(golden, "early_stopping")
                .Equals($"{stopping}", StringComparison.OrdinalIgnoreCase))
            .ToList();
        Assert.Equal(80, cases.Count);
        Assert.All(cases, golden =>
        {
            var search = Search(golden, stopping);
            var expected = golden.GetProperty("hypotheses").EnumerateArray().ToList();
            var actual = search.Answer();
            Assert.Equal(expected.Count, actual.Length);
            Assert.All(expected.Index(), each => Same(search, each.Item, actual[each.Index]));
        });
    }

    private static void Same(BeamCase search, JsonElement expected, Hypothesis actual)
    {
        Assert.Equal(Tokens(expected, "tokens"), search.Output(actual));
        Assert.Equal(
            expected.GetProperty("stopped").GetBoolean(), actual.Reason == FinishReason.Stop);
        var worth = expected.GetProperty("worth").GetDouble();
        Assert.InRange(
            Math.Abs(actual.Worth - worth), 0, Tolerance * Math.Max(1, Math.Abs(worth)));
    }

    private static BeamCase Search(JsonElement golden, EarlyStopping stopping)
    {
        ImmutableArray<TokenId> prompt = [.. Tokens(golden, "prompt")];
        ImmutableArray<TokenId> ends = [.. Tokens(golden, "end_tokens")];
        var model = new HashModel(
            golden.GetProperty("seed").GetUInt32(), golden.GetProperty("vocabulary").GetInt32())
        {
            Biased = [.. ends.Select(end => end.Value)],
            Bias = golden.GetProperty("end_bias").GetSingle(),
        };
        var beams = new BeamParams
        {
            Width = golden.GetProperty("width").GetInt32(),
            LengthPenalty = golden.GetProperty("length_penalty").GetSingle(),
            EarlyStopping = stopping,
        };
        return new BeamCase(model, beams)
        {
            Prompt = prompt,
            Ends = ends,
            MaxTokens = golden.GetProperty("max_tokens").GetInt32(),
            MinTokens = golden.GetProperty("min_tokens").GetInt32(),
            LengthMax = int.MaxValue,
        };
    }

    private static TokenId[] Tokens(JsonElement golden, string name) =>
    [
        .. golden.GetProperty(name).EnumerateArray()
            .Select(token => new TokenId(token.GetInt32())),
    ];

    private static string Text(JsonElement golden, string name) =>
        golden.GetProperty(name).GetString()!;

    private static Stream Open() =>
        typeof(BeamGoldens).Assembly.GetManifestResourceStream("transformers.json")!;
}
