using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SkPaged.TinyModel.Corpus;
using SkPaged.TinyModel.Eval;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// What the embedded model is trained on: every answer follows from its text by construction.
/// </summary>
public sealed partial class CorpusTests
{
    private const int Passages = 400;

    [Fact]
    public void A_passage_says_every_fact_that_it_is_said_to_tell()
    {
        foreach (var passage in Made())
        {
            var text = Plain(passage.Text);
            Assert.All(passage.Facts, fact =>
            {
                Assert.Contains(Plain(fact.Value), text, StringComparison.OrdinalIgnoreCase);
                Assert.Contains(
                    Plain(fact.Subject.Bare), text, StringComparison.OrdinalIgnoreCase);
            });
        }
    }

    [Fact]
    public void A_short_name_fits_one_entity_of_a_passage_and_the_passage_explains_it()
    {
        foreach (var passage in Made())
        {
            Assert.All(passage.Entities, entity => Assert.Single(
                passage.Entities, other => other.Short == entity.Short));
            var text = Plain(passage.Text);
            Assert.All(
                passage.Entities.Where(e => e.Short != e.Name && e.Introduction is not null),
                entity => Assert.Contains(Plain(entity.Introduction!).TrimEnd('.'), text));
        }
    }

    [Fact]
    public void Of_two_twin_questions_a_passage_answers_one()
    {
        var pairs = 0;
        foreach (var (passage, chooser) in Made().Zip(Choosers()))
        {
            var twins = new QuestionMaker(chooser, passage).Twins();
            if (twins.Count == 0) continue;
            pairs++;
            var told = Assert.Single(twins, question => question.Answer is not null);
            var untold = Assert.Single(twins, question => question.Answer is null);
            var (topic, word) = untold.Topic!.Value;
            Assert.Null(passage.Find(topic, word, untold.Subject!.Value.Entity));
            Assert.NotEqual(told.Text, untold.Text);
        }

        Assert.InRange(pairs, Passages / 2, Passages);
    }

    [Theory]
    [InlineData("one two three", 7, "one two\nthree")]
    [InlineData("one two three", 1, "one\ntwo\nthree")]
    [InlineData("- one two three", 9, "- one two\n  three")]
    [InlineData("12. one two", 7, "12. one\n  two")]
    [InlineData("| one | two three |", 5, "| one | two three |")]
    [InlineData("one\n\ntwo", 3, "one\n\ntwo")]
    public void Lines_break_before_the_word_that_goes_past_the_width(
        string text, int width, string wrapped) =>
        Assert.Equal(wrapped, Wrapping.Wrap(text, width, "  "));

    [Theory]
    [InlineData("What is the price?", "What's the price?")]
    [InlineData("Do you know who it is?", "Do you know who it is?")]
    [InlineData("Tell me what it is that Mira sings.", "Tell me what it is that Mira sings.")]
    [InlineData("I am sure that it does not open.", "I'm sure that it doesn't open.")]
    [InlineData("I would like to know where Mira is.", "I'd like to know where Mira is.")]
    public void Words_that_go_together_are_contracted(string text, string contracted) =>
        Assert.Equal(contracted, Contraction.Of(text));

    // What training is given more of must not change what is measured.
    [Theory]
    [InlineData(1001, "49C49890BC3FFB3E")]
    [InlineData(1002, "DE35B7148933C215")]
    public void The_dialogues_of_the_evaluation_stay_the_same(ulong seed, string hash)
    {
        var text = string.Concat(EvalSet.Generate(seed, 200)
            .Select(wanted => wanted.Prompt + wanted.ExpectedText));
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        Assert.Equal(hash, Convert.ToHexString(bytes)[..16]);
    }

    private static IEnumerable<Passage> Made() =>
        Choosers().Select((chooser, i) => PassageWriter.Write(chooser, 1 + (i % 30)));

    private static IEnumerable<Chooser> Choosers()
    {
        for (var i = 0; i < Passages; i++)
        {
            var chooser = new Chooser(Dice.For(11, (ulong)i), Split.Train);
            chooser.BeginDialogue();
            yield return chooser;
        }
    }

    private static string Plain(string text) => Gaps().Replace(text, " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Gaps();
}
