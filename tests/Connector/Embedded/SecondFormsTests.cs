using System.Text.RegularExpressions;
using SkPaged.TinyModel.Corpus;
using SkPaged.TinyModel.Eval;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>The second held-out set of forms of requests is one that nothing else uses.</summary>
public sealed partial class SecondFormsTests
{
    // The other phrases are no requests.
    private static readonly string[] Requests = [
        "opener", "closer", "carrier", "about", "elliptic", "and", "textquestion", "inside",
        "my-name", "recall", "echo", "lookup", "now", "between", "list", "action", "action-target",
        "extra-value", "extra-option", "extra-yes", "extra-no", "extra-count", "two", "again",
        "supply", "lookup-missing", "lookup-two"];

    [Fact]
    public void Every_phrase_of_requests_has_second_forms() =>
        Assert.Equal(Requests.Order(), SecondForms.Names.Where(name => name.File == "phrases")
            .Select(name => name.Name).Order());

    [Fact]
    public void Every_question_of_every_topic_has_second_forms()
    {
        var asked = Topics.All.SelectMany(topic => Questions(topic)
            .Where(part => part.Forms.Any).Select(part => (topic.Key, part.Name)));
        var second = SecondForms.Names.Where(name => name.File == "topics")
            .Select(name => (name.Key, name.Name));
        Assert.Equal(asked.Order(), second.Order());
    }

    [Fact]
    public void No_second_form_is_a_form_of_training_or_of_the_first_set()
    {
        var all = Topics.All.SelectMany(Questions).Select(part => part.Forms)
            .Concat(Requests.Select(Phrases.Of)).Concat(SmallTalk.Asked);
        var shared = from forms in all
                     let known = forms.Practice.Concat(forms.Derived).Concat(forms.HeldOut)
                         .SelectMany(Readings).ToHashSet()
                     from reading in forms.Second.SelectMany(Readings)
                     where known.Contains(reading)
                     select reading;
        Assert.Empty(shared);
    }

    [Fact]
    public void No_form_of_training_is_a_held_out_one_of_the_first_set()
    {
        var all = Topics.All.SelectMany(topic => Questions(topic).Select(part => part.Forms)
                .Concat([topic.Says, topic.Tells]))
            .Concat(Requests.Select(Phrases.Of)).Concat(SmallTalk.Asked);
        Assert.Empty(all.SelectMany(forms => forms.Practice.Concat(forms.Derived)
            .SelectMany(Readings).Intersect(forms.HeldOut.SelectMany(Readings))));
    }

    // "Could I have {k}?" stands beside "Could you tell me {k}?": training asks so for a noun.
    [Fact]
    public void No_second_form_is_a_question_for_a_noun()
    {
        var nominal = Phrases.Of("nominal").Practice;
        Assert.Empty(Phrases.Of("carrier").Second.SelectMany(Readings)
            .Intersect(nominal.SelectMany(form =>
                form.Readings(Slots.Of(("k", "Qk"), ("K", "Qk")))).Select(Plain)));
        // One by one: a failure names what is shared and shows no other second form.
        foreach (var topic in Topics.All)
        {
            var asked = topic.Noun.Practice.SelectMany(noun => noun.Readings(Subject))
                .SelectMany(noun => nominal.SelectMany(form =>
                    form.Readings(Slots.Of(("k", noun), ("K", noun)))).Select(Plain));
            Assert.Empty(topic.Ask.Second.SelectMany(Readings).Intersect(asked));
        }
    }

    [Fact]
    public void Training_dialogues_do_not_depend_on_the_forms_of_the_evaluation()
    {
        string Text(RequestForms forms) => string.Join('\n', DialogueMaker.Make(
            new Chooser(Dice.For(7, 1), Split.Train, requests: forms), new DialogueSize(4000))
            .Turns.Select(turn => turn.Message.Content));
        Assert.Equal(Text(RequestForms.Known), Text(new RequestForms(Second: true, Share: 1)));
    }

    [Fact]
    public void Requests_of_the_second_set_all_have_such_a_form()
    {
        Assert.All(Asked(new(Second: true, Share: 1)), wanted => Assert.True(wanted.HeldOutForm));
        Assert.All(Asked(RequestForms.Known), wanted => Assert.False(wanted.HeldOutForm));
    }

    // The request of an answer from a tool's result is the result.
    private static IEnumerable<EvalCase> Asked(RequestForms forms) =>
        EvalSet.Generate(5, 300, requests: forms).Where(wanted => wanted.Skill != Skill.ToolResult);

    private static IEnumerable<(string Name, Forms Forms)> Questions(Topic topic) =>
        [("ask", topic.Ask), ("you", topic.You), ("know", topic.Know), ("who", topic.Who),
            ("knowwho", topic.KnowWho), ("check", topic.Check)];

    private static Slots Subject => Slots.Of(("s", "Qs"), ("n", "Qn"));

    // All that a form can read, without what is only another spelling of the same words.
    private static IEnumerable<string> Readings(Form form)
    {
        var slots = Slots.Of([.. Slot().Matches(form.Text)
            .Select(match => (match.Groups[1].Value, $"Q{match.Groups[1].Value}"))]);
        return form.Readings(slots).Select(Plain).Distinct();
    }

    private static string Plain(string text) => Marks().Replace(text.ToLowerInvariant()
        .Replace("'s ", " is ").Replace("'re ", " are ").Replace("'ll ", " will ")
        .Replace("'d ", " would ").Replace("i'm ", "i am ").Replace("let's ", "let us ")
        .Replace("n't ", " not "), " ").Trim();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Slot();

    [GeneratedRegex(@"\W+")]
    private static partial Regex Marks();
}
