using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Eval;

/// <summary>
/// Dialogues that training has never seen: every name, value and tool word is of the held-out
/// half, and so
/// is one sentence form in four wherever a thing can be said in a held-out form: in the text, in
/// the question,
/// in the description of a tool and in the request.
/// </summary>
public static class EvalSet
{
    private static readonly int[] Letters = [300, 600, 1200, 2000, 3000, 4200, 5400];

    // Out of each hundred dialogues.
    private static readonly (Skill Skill, int Share)[] Mix =
    [
        (Skill.Passage, 34), (Skill.Untold, 16), (Skill.ToolCall, 20), (Skill.ToolResult, 8),
        (Skill.NoTool, 7), (Skill.MissingValue, 2), (Skill.SmallTalk, 10), (Skill.Unknown, 3),
    ];

    /// <summary>
    /// The dialogues of a seed. Those of a smaller count are the first ones of a larger.
    /// </summary>
    /// <param name="seed">The seed of all choices.</param>
    /// <param name="count">How many.</param>
    /// <param name="fits">Whether a dialogue is short enough; by default all are.</param>
    /// <param name="requests">
    /// Which held-out forms requests have; by default those of the first set, one time in four.
    /// </param>
    public static IReadOnlyList<EvalCase> Generate(ulong seed, int count,
        Predicate<EvalCase>? fits = null, RequestForms? requests = null)
    {
        var skills = Mix.SelectMany(part => Enumerable.Repeat(part.Skill, part.Share)).ToArray();
        Dice.For(seed, ulong.MaxValue).Shuffle(skills);
        return [.. Enumerable.Range(0, count)
            .Select(i => Case(
                new(Dice.For(seed, (ulong)i), Split.HeldOut, requests: requests),
                i, skills[i % skills.Length], fits))];
    }

    // Tries dialogue after dialogue until one has a reply of the wanted skill.
    private static EvalCase Case(
        Chooser chooser, int number, Skill skill, Predicate<EvalCase>? fits)
    {
        var dice = chooser.Dice;
        while (true)
        {
            var size = new DialogueSize(dice.Pick(Letters), dice.Between(1, 8));
            var dialogue = DialogueMaker.Make(chooser, size);
            var places = Enumerable.Range(0, dialogue.Turns.Count)
                .Where(i => dialogue.Turns[i].Skill == skill).ToList();
            if (places.Count == 0) continue;
            var place = dice.Pick(places);
            var turn = dialogue.Turns[place];
            var wanted = new EvalCase(number, skill, dialogue.Tools,
                [.. dialogue.Turns.Take(place).Select(t => t.Message)], turn.Message,
                    turn.HeldOutForm);
            if (fits is null || fits(wanted)) return wanted;
        }
    }
}
