using SkPaged.TinyModel.Corpus;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>Forms that rules of grammar make of others, for training alone.</summary>
public sealed class DerivedFormsTests
{
    [Theory]
    [InlineData("When does {s} open?", "when {s} opens")]
    [InlineData("What does {s} have?", "what {s} has")]
    [InlineData("How many {n}s does {s} carry up?", "how many {n}s {s} carries up")]
    [InlineData("What does {s} {n} [now|then]?", null)]
    [InlineData("What does {s} {n}?", "what {s} {ns}")]
    [InlineData("When does {s}'s shift end?", "when {s}'s shift ends")]
    [InlineData("Where is {s} located?", "where {s} is located")]
    [InlineData("What is {s}'s job?", "what {s}'s job is")]
    [InlineData("What is the price of {s}?", "what the price of {s} is")]
    [InlineData("By when must {s} be done?", "by when {s} must be done")]
    [InlineData("Who owns {s}?", "who owns {s}")]
    [InlineData("Tell me the price of {s}.", null)]
    [InlineData("Is {s} open?", null)]
    public void A_direct_question_becomes_an_indirect_one(string asked, string? known) =>
        Assert.Equal(known is null ? [] : [known], Derivation.Indirect([asked]));

    [Fact]
    public void An_indirect_question_becomes_direct_ones()
    {
        var asked = Derivation.Direct(["when {s} opens"]).ToList();
        Assert.Contains("{s} opens when?", asked);
        Assert.Contains("When is it that {s} opens?", asked);
        Assert.Empty(Derivation.Direct(["the opening time of {s}"]));
    }

    [Fact]
    public void What_follows_a_subject_becomes_questions_and_other_statements()
    {
        string[] says = ["opens at {v}"];
        Assert.Contains("So {s} opens at {v}?", Claims.Checks(says));
        Assert.Contains("Which one opens at {v}?", Claims.Whos(says, "who"));
        Assert.Contains("Tell me who opens at {v}.", Claims.Whos(says, "who"));
        Assert.Contains("At {v}, {s} opens.", Claims.Inverted(says));
        Assert.Empty(Claims.Inverted(["costs {v}"]));
    }

    [Theory]
    [InlineData("Are you a robot?", "Is it [true|correct|right] that you are a robot?")]
    [InlineData("Do you run offline?", "So you run offline?")]
    [InlineData("Where do you run?", "May I [ask|know] where you run?")]
    [InlineData("Who are you?", "May I [ask|know] who you are?")]
    [InlineData("Who made you?", "May I [ask|know] who made you?")]
    public void Small_talk_is_asked_in_other_ways(string asked, string derived) =>
        Assert.Contains(derived, TalkForms.Of(asked));

    [Fact]
    public void What_reads_like_a_held_out_form_is_not_derived()
    {
        var forms = Forms.Of("a {s}", "It's {s}, or b", "C {s}?").With(
            ["it is {s} [or|and] b", "c, {s}", "d {s}", "a {s}"]);
        Assert.Equal(["d {s}"], forms.Derived.Select(form => form.Text));
    }

    [Fact]
    public void There_are_more_derived_forms_than_others()
    {
        var forms = Topics.All.SelectMany(topic => new[] {
            topic.Tells, topic.Ask, topic.Know, topic.Who, topic.KnowWho, topic.Check }).ToList();
        Assert.True(forms.Sum(f => f.Derived.Length) > 5 * forms.Sum(f => f.Practice.Length));
    }

    [Theory]
    [InlineData("It is open.", "It's open.")]
    [InlineData("She has always sung.", "She's always sung.")]
    [InlineData("It has four doors.", "It has four doors.")]
    [InlineData("Mira says it is open.", "Mira says it is open.")]
    public void A_statement_is_contracted(string text, string contracted) =>
        Assert.Equal(contracted, Contraction.OfStatement(text));
}
