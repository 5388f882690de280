using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Beams;

/// <summary>A beam search from a prompt to its end.</summary>
public sealed record BeamCase(HashModel Model, BeamParams Beams)
{
    public required ImmutableArray<TokenId> Prompt { get; init; }

    public ImmutableArray<TokenId> Ends { get; init; } = [];

    public int MaxTokens { get; init; } = int.MaxValue;

    public int MinTokens { get; init; }

    public int LengthMax { get; init; } = 8;

    public int PromptTokens => Prompt.Length;

    /// <summary>The search that a request asks for under these limits.</summary>
    public static BeamCase Of(SchedulerConfig config, Request request) =>
        new(TokenFunction.Beams(config.VocabularySize), request.Beams!)
        {
            Prompt = request.Prompt,
            Ends = request.Stop.EndTokens,
            MaxTokens = request.Stop.MaxTokens,
            MinTokens = request.Stop.MinTokens,
            LengthMax = Requests.LengthMax(config, request),
        };

    internal BeamRules Rules => new(
        Beams,
        new StopRule { MaxTokens = MaxTokens, MinTokens = MinTokens, EndTokens = Ends },
        PromptTokens,
        LengthMax);

    /// <summary>Output tokens of the longest hypothesis.</summary>
    public int OutputTokensMax => Math.Min(MaxTokens, LengthMax - PromptTokens);

    public BeamCase With(EarlyStopping stopping) =>
        this with { Beams = Beams with { EarlyStopping = stopping } };

    /// <summary>
    /// All steps of the search, each beam with as few candidates as the rules ask for.
    /// </summary>
    internal IReadOnlyList<Stride> Run() => Run(Rules.Candidates);

    /// <summary>All steps of the search, each beam with so many candidates.</summary>
    internal IReadOnlyList<Stride> Run(int candidates)
    {
        var strides = new List<Stride>();
        ImmutableArray<Beam> beams =
            [With(new Beam(0, AppendLog<TokenId>.From(Prompt), []), candidates)];
        ImmutableArray<Hypothesis> hypotheses = [];
        while (!beams.IsEmpty)
        {
            var step = BeamSearch.Step(Rules, beams.AsSpan(), hypotheses);
            strides.Add(new Stride(beams, hypotheses, step));
            var parents = beams;
            beams =
            [
                .. step.Survivors.Select(survivor => With(
                    new Beam(
                        survivor.Logprob,
                        parents[survivor.Parent].Tokens.Append(survivor.Token),
                        []),
                    candidates)),
            ];
            hypotheses = step.Hypotheses;
        }

        return strides;
    }

    /// <summary>The final hypotheses.</summary>
    internal ImmutableArray<Hypothesis> Answer() => Run()[^1].After.Hypotheses;

    /// <summary>The output of a hypothesis.</summary>
    internal TokenId[] Output(Hypothesis hypothesis) =>
        [.. hypothesis.Tokens.Span[PromptTokens..], hypothesis.Last];

    private Beam With(Beam beam, int candidates) => beam with
    {
        Candidates = Model.Candidates(
            beam.Tokens.Span,
            beam.Tokens.Count - PromptTokens < MinTokens ? Ends : [],
            candidates),
    };
}

/// <summary>One step of a search: what it was given and what it made of it.</summary>
internal sealed record Stride(
    ImmutableArray<Beam> Beams, ImmutableArray<Hypothesis> Before, BeamStep After)
{
    /// <summary>All candidates of all beams that are possible, ranked.</summary>
    public IReadOnlyList<Survivor> Ranked =>
    [
        .. Beams
            .SelectMany((beam, parent) => beam.Candidates.Select(candidate =>
                new Survivor(parent, candidate.Token, beam.Logprob + candidate.Logprob)))
            .Where(each => double.IsFinite(each.Logprob))
            .OrderByDescending(each => each.Logprob),
    ];
}
