using SkPaged.Connector.Reasoning;
using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.Reasoning;

public sealed class ReasoningSplitterTests
{
    private static readonly string[] Shards =
    [
        "<think>", "</think>", "<th", "ink>", "</th", "<", "\n", " ", "\n\n", "thought", "a < b",
        "</think>\n\n", "<think>\n",
    ];

    [Theory]
    [InlineData("<think>\nHm. So.\n</think>\n\nYes.", "Hm. So.", "Yes.")]
    [InlineData("\n<think>a < b </think>Yes.\n", "a < b", "Yes.\n")]
    [InlineData("<think>\n\n</think>\n\nYes.", "", "Yes.")]
    [InlineData("<think>cut off", "cut off", "")]
    [InlineData("<think>a</think>b<think>c</think>", "a", "b<think>c</think>")]
    [InlineData("Yes. <think>no</think>", "", "Yes. <think>no</think>")]
    [InlineData("<thin", "", "<thin")]
    [InlineData("\n\n", "", "\n\n")]
    [InlineData("", "", "")]
    public void Reasoning_is_what_stands_between_the_marks_at_the_beginning(
        string answer, string reasoning, string text)
    {
        var random = new Random(5);
        foreach (var longest in (int[])[1, 3, 1000])
        {
            var parts = Split(ReasoningStart.IfMarked, answer, longest, random);
            Assert.Equal(reasoning, Of(parts, SplitKind.Reasoning));
            Assert.Equal(text, Of(parts, SplitKind.Text));
        }
    }

    [Fact]
    public void Where_the_prompt_has_the_mark_the_answer_begins_with_reasoning()
    {
        var parts = Split(ReasoningStart.Begun, "Hm.\n</think>\n\nYes.", 1000, new Random(1));
        Assert.Equal("Hm.", Of(parts, SplitKind.Reasoning));
        Assert.Equal("Yes.", Of(parts, SplitKind.Text));
    }

    [Fact]
    public void Where_there_is_none_marks_are_text()
    {
        var parts = Split(ReasoningStart.Never, "<think>a</think>", 1000, new Random(1));
        Assert.Equal("<think>a</think>", Of(parts, SplitKind.Text));
    }

    [Theory]
    [InlineData(ReasoningStart.IfMarked)]
    [InlineData(ReasoningStart.Begun)]
    public void However_an_answer_is_cut_its_parts_are_the_same_and_give_it_back(object start)
    {
        var random = new Random(3);
        var thought = 0;
        for (var round = 0; round < 2000; round++)
        {
            var answer = string.Concat(Enumerable.Range(0, random.Next(8))
                .Select(_ => Shards[random.Next(Shards.Length)]));
            var whole = Split((ReasoningStart)start, answer, 1000, random);
            var cut = Split((ReasoningStart)start, answer, 2, random);
            Assert.Equal(answer, string.Concat(cut.Select(part => part.Source)));
            foreach (var kind in Enum.GetValues<SplitKind>())
                Assert.Equal(Of(whole, kind), Of(cut, kind));
            thought += Of(whole, SplitKind.Reasoning).Length > 0 ? 1 : 0;
        }

        Assert.True(thought > 50, $"{thought} with reasoning");
    }

    private static List<SplitPart> Split(
        ReasoningStart start, string answer, int longest, Random random)
    {
        var splitter = new ReasoningSplitter(start);
        List<SplitPart> parts = [];
        for (var at = 0; at < answer.Length;)
        {
            var length = Math.Min(1 + random.Next(longest), answer.Length - at);
            splitter.Push(answer.Substring(at, length), parts);
            at += length;
        }

        splitter.Complete(parts);
        return parts;
    }

    private static string Of(List<SplitPart> parts, SplitKind kind) =>
        string.Concat(parts.Where(part => part.Kind == kind).Select(part => part.Source));
}
