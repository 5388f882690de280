using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Eval;

/// <summary>The parts that scores are given for.</summary>
public enum EvalPart
{
    /// <summary>(a) Answers from the passage.</summary>
    Passage,

    /// <summary>(b) Calls, answers from results, and no call where none fits.</summary>
    Tools,

    /// <summary>(c) Small talk, and what the model is.</summary>
    SmallTalk,

    /// <summary>(d) Saying that the passage does not tell.</summary>
    Untold,
}

/// <summary>Right and wrong replies of one part.</summary>
/// <param name="Right">Exact replies.</param>
/// <param name="Total">All replies.</param>
public readonly record struct Score(int Right, int Total)
{
    /// <summary>The share of right replies; 1 where there are none at all.</summary>
    public double Share => Total == 0 ? 1 : (double)Right / Total;

    /// <inheritdoc/>
    public override string ToString() => $"{Share,7:P1} ({Right} of {Total})";
}

/// <summary>Decides whether replies are right.</summary>
public static class Scoring
{
    /// <summary>The part that a skill belongs to.</summary>
    public static EvalPart Part(Skill skill) => skill switch
    {
        Skill.Passage => EvalPart.Passage,
        Skill.Untold => EvalPart.Untold,
        Skill.SmallTalk or Skill.Unknown => EvalPart.SmallTalk,
        _ => EvalPart.Tools,
    };

    /// <summary>The share of right replies that a part must reach at least.</summary>
    public static double Goal(EvalPart part) => part switch
    {
        EvalPart.Passage or EvalPart.Tools => 0.95,
        EvalPart.Untold => 0.90,
        _ => 0,
    };

    /// <summary>Whether a reply, as the model wrote it, is right: letter for letter.</summary>
    public static bool IsRight(EvalCase wanted, string reply) => reply == wanted.ExpectedText;

    /// <summary>
    /// Whether a reply that was taken apart is right: the same text and the same calls in the same order,
    /// their arguments equal as JSON.
    /// </summary>
    public static bool IsRight(EvalCase wanted, ChatMessage reply) =>
        reply.Content == wanted.Expected.Content
        && reply.Calls.Count == wanted.Expected.Calls.Count
        && reply.Calls.Zip(wanted.Expected.Calls, IsSame).All(same => same);

    /// <summary>The scores of the parts.</summary>
    public static IReadOnlyDictionary<EvalPart, Score> ByPart(IEnumerable<(EvalCase Case, bool Right)> results) =>
        results.GroupBy(result => Part(result.Case.Skill)).OrderBy(group => group.Key)
            .ToDictionary(group => group.Key, Sum);

    /// <summary>The score of some replies.</summary>
    public static Score Sum(IEnumerable<(EvalCase Case, bool Right)> results) =>
        results.Aggregate(new Score(0, 0), (score, result) =>
            new(score.Right + (result.Right ? 1 : 0), score.Total + 1));

    private static bool IsSame(ToolCall a, ToolCall b)
    {
        try
        {
            return a.Name == b.Name
                && JsonNode.DeepEquals(JsonNode.Parse(a.Arguments), JsonNode.Parse(b.Arguments));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
