using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Beams;

/// <summary>Beam searches over small vocabularies, where everything happens soon.</summary>
public static class BeamCases
{
    /// <summary>Widths 2 .. 4, penalties -2 .. 3, all modes, up to 3 end tokens.</summary>
    public static Gen<BeamCase> Any { get; } =
        from seed in Gen.Choose(0, int.MaxValue)
        from vocabulary in Gen.Choose(1, 8)
        from texture in Gen.Elements(Enum.GetValues<Texture>())
        from prompt in Gen.Choose(1, 3)
        from ends in Gen.Choose(0, Math.Min(3, vocabulary))
        from beams in Params
        from maxTokens in Gen.Frequency(
            (3, Gen.Choose(1, 8)), (1, Gen.Constant(int.MaxValue)))
        from minTokens in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from length in Gen.Choose(1, 8)
        select new BeamCase(new HashModel((uint)seed, vocabulary, texture), beams)
        {
            Prompt = First(prompt),
            Ends = First(ends),
            MaxTokens = maxTokens,
            MinTokens = Math.Min(minTokens, maxTokens),
            LengthMax = prompt + length,
        };

    public static Gen<BeamParams> Params =>
        from width in Gen.Choose(2, 4)
        from penalty in Gen.Elements(-2f, -1, -0.5f, 0, 0.5f, 1, 2, 3)
        from stopping in Gen.Elements(Enum.GetValues<EarlyStopping>())
        select new BeamParams
        {
            Width = width,
            LengthPenalty = penalty,
            EarlyStopping = stopping,
        };

    public static Arbitrary<BeamCase> AnyCase() => Arb.From(Any, Shrink);

    private static ImmutableArray<TokenId> First(int tokens) =>
        [.. Enumerable.Range(0, tokens).Select(token => new TokenId(token))];

    private static IEnumerable<BeamCase> Shrink(BeamCase search)
    {
        var (model, beams) = (search.Model, search.Beams);
        if (search.LengthMax > search.PromptTokens + 1)
            yield return search with { LengthMax = search.LengthMax - 1 };
        if (search.PromptTokens > 1)
            yield return search with
            {
                Prompt = search.Prompt[1..],
                LengthMax = search.LengthMax - 1,
            };
        if (model.Vocabulary > Math.Max(1, search.Ends.Length))
            yield return search with
            {
                Model = model with { Vocabulary = model.Vocabulary - 1 },
            };
        if (!search.Ends.IsEmpty)
            yield return search with { Ends = search.Ends[..^1] };
        if (beams.Width > 2)
            yield return search with { Beams = beams with { Width = beams.Width - 1 } };
        if (search.MinTokens > 0)
            yield return search with { MinTokens = search.MinTokens - 1 };
        if (beams.LengthPenalty != 0)
            yield return search with { Beams = beams with { LengthPenalty = 0 } };
    }
}
