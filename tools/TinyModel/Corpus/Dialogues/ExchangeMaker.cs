using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes up the exchanges of one dialogue: a message of the user and all that the model and the
/// tools say
/// until it is answered.
/// </summary>
public sealed class ExchangeMaker
{
    private readonly Chooser c;
    private readonly Scene scene;
    private readonly QuestionMaker questions;
    private readonly ToolExchanges tools;
    private string? userName;

    /// <summary>Exchanges that fit a scene.</summary>
    public ExchangeMaker(Chooser c, Scene scene)
    {
        (this.c, this.scene) = (c, scene);
        questions = new QuestionMaker(c, scene.Passage);
        tools = new ToolExchanges(c, scene);
    }

    /// <summary>The next exchange.</summary>
    public List<Turn> Next()
    {
        c.UsedHeldOutForm = false;
        if (scene is { HasText: true, HasTools: false } && c.InTraining(0.08)) return Twins();
        return c.Dice.Weighted(
            scene.HasText ? 66 : 0, scene.HasText ? 15 : 12, scene.HasText ? 6 : 0,
            scene.HasTools ? 75 : 0, scene.HasText || scene.HasTools ? 7 : 40, 3) switch
        {
            0 => Answer(Decorated(questions.Answerable())),
            1 => scene.HasTools ? NotForAnything() : Answer(Decorated(questions.Unanswerable())),
            2 => Answer(Decorated(questions.Double())),
            3 => tools.Next(),
            4 => Talk(),
            _ => Personal(),
        };
    }

    /// <summary>The first exchange, where the text comes with the question.</summary>
    public List<Turn> WithText()
    {
        c.UsedHeldOutForm = false;
        var question = c.Chance(0.75) ? questions.Answerable() : questions.Unanswerable();
        while (question.Answer is null && scene.IsForTool(question.Text)) question =
            questions.Answerable();
        var text = c.Wrap(Phrases.Of("textquestion"), Slots.Of(
            ("text", scene.Passage.Text), ("q", question.Text)));
        return Answer(question with { Text = text });
    }

    private List<Turn> Twins() => [.. questions.Twins().SelectMany(Answer)];

    // A question that neither the text nor a tool answers.
    private List<Turn> NotForAnything()
    {
        for (var tries = 0; tries < 20 && (scene.HasText || c.Chance(0.5)); tries++)
        {
            var question = Decorated(questions.Unanswerable());
            if (!scene.IsForTool(question.Text)) return Answer(question);
        }
        return tools.NoneFits();
    }

    private List<Turn> Answer(Question question)
    {
        var (skill, text) = question.Answer is { } answer ? (Skill.Passage, answer) : scene.Refusal;
        return Exchange(question.Text, text, skill);
    }

    private List<Turn> Talk()
    {
        var (text, answer) = SmallTalk.Any(c, scene.Persona);
        return Exchange(text, answer, Skill.SmallTalk);
    }

    private List<Turn> Personal()
    {
        var slots = Slots.Of(("x", userName ?? ""));
        switch (c.Dice.Weighted(userName is null ? 40 : 5, userName is null ? 8 : 50, 35))
        {
            case 0:
                userName = EntityMaker.PersonName(c);
                slots = Slots.Of(("x", userName));
                return Exchange(c.Fill(Phrases.Of("my-name"), slots),
                    Fixed("my-name-answer", slots), Skill.SmallTalk);
            case 1:
                return Exchange(c.Fill(Phrases.Of("recall"), slots),
                    Fixed(userName is null ? "recall-unknown" : "recall-answer", slots),
                        Skill.SmallTalk);
            default:
                var count = c.Dice.Between(1, c.InTraining(0.3) ? 14 : 5);
                var words = string.Join(' ', Enumerable.Range(0, count).Select(_ =>
                    c.Chance(0.4) ? PseudoWord.Name(c) : PseudoWord.Lower(c)));
                return Exchange(c.Fill(Phrases.Of("echo"), Slots.Of(("x", words))), words,
                    Skill.SmallTalk);
        }
    }

    private string Fixed(string name, Slots slots) => Phrases.Of(name).Train[0].Fill(c.Dice, slots);

    private Question Decorated(Question question) =>
        question with { Text = Decoration.Of(c, question.Text) };

    private List<Turn> Exchange(string text, string answer, Skill skill) =>
        [new(ChatMessage.User(text)), new(ChatMessage.Assistant(answer), skill, c.UsedHeldOutForm)];
}
