using System.Text;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

public sealed class StopStringsTests
{
    [Fact]
    public void The_text_ends_before_the_stop_string_and_what_follows_is_dropped()
    {
        var matcher = new StopStrings(["END"]).CreateMatcher();
        Assert.Equal(new StopCheck("one two", null), matcher.Append("one twoEN"));
        Assert.Equal(new StopCheck("", "END"), matcher.Append("D three"));
    }

    [Fact]
    public void The_stop_string_can_be_included()
    {
        var matcher = new StopStrings(["END"], includesStop: true).CreateMatcher();
        Assert.Equal(new StopCheck("oneEN", null), matcher.Append("oneEN"));
        Assert.Equal(new StopCheck("D", "END"), matcher.Append("D three"));
    }

    [Fact]
    public void Only_what_may_become_a_stop_string_is_held_back()
    {
        var matcher = new StopStrings(["\n\nUser:", "###"]).CreateMatcher();
        Assert.Equal(new StopCheck("Hello", null), matcher.Append("Hello\n\nUs"));
        Assert.Equal(new StopCheck("\n\nUs a", null), matcher.Append(" a#"));
        Assert.Equal(new StopCheck("#b", null), matcher.Append("b##"));
        Assert.Equal("##", matcher.Finish());
    }

    [Fact]
    public void What_was_held_back_comes_at_the_end()
    {
        var matcher = new StopStrings(["<stop>"]).CreateMatcher();
        Assert.Equal(new StopCheck("a", null), matcher.Append("a<sto"));
        Assert.Equal("<sto", matcher.Finish());
    }

    [Theory]
    [InlineData("abcd", "bc,abcd", "a", "bc")] // complete first, though it begins later
    [InlineData("abcd", "abcd,cd", "", "abcd")] // complete together: the longest
    [InlineData("xabcab", "abx,ca", "xab", "ca")] // a failed start within a match
    [InlineData("aaab", "aab", "a", "aab")]
    [InlineData("ab", "ab,ab", "", "ab")]
    public void The_match_that_is_complete_first_wins_and_the_longest_of_those(
        string text, string stops, string before, string stop) =>
        Assert.Equal(
            new StopCheck(before, stop),
            new StopStrings(stops.Split(',')).CreateMatcher().Append(text));

    [Fact]
    public void Without_stop_strings_all_passes()
    {
        var matcher = StopStrings.None.CreateMatcher();
        Assert.Equal(new StopCheck("anything", null), matcher.Append("anything"));
        Assert.Equal("", matcher.Finish());
    }

    [Fact]
    public void How_the_text_is_cut_does_not_matter()
    {
        var random = new Random(9);
        var (hits, misses) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var stops = Enumerable.Range(0, random.Next(1, 4))
                .Select(_ => Letters(random, random.Next(1, 5))).ToArray();
            var (text, includes) = (Letters(random, random.Next(0, 12)), random.Next(2) == 0);
            var expected = Reference(text, stops, includes);
            Assert.Equal(expected, InPieces(text, stops, includes, random));
            if (expected.Stop is null) misses++;
            else hits++;
        }
        Assert.True(hits > 2000 && misses > 2000, $"{hits} hits, {misses} misses");
    }

    [Fact]
    public void What_is_held_back_is_the_longest_tail_that_begins_a_stop_string()
    {
        var random = new Random(10);
        for (var round = 0; round < 5000; round++)
        {
            string[] stops = [Letters(random, 3), Letters(random, 4)];
            var text = Letters(random, random.Next(12));
            var check = new StopStrings(stops).CreateMatcher().Append(text);
            if (check.Stop is not null) continue;
            var tail = Enumerable.Range(0, text.Length).Select(from => text[from..])
                .FirstOrDefault(tail => stops.Any(stop => stop.StartsWith(tail, Ordinal)), "");
            Assert.Equal(text[..^tail.Length], check.Text);
        }
    }

    [Fact]
    public void An_ended_text_takes_no_more()
    {
        var stopped = new StopStrings(["a"]).CreateMatcher();
        stopped.Append("a");
        Assert.Throws<InvalidOperationException>(() => stopped.Append("b"));
        Assert.Throws<InvalidOperationException>(stopped.Finish);
    }

    [Fact]
    public void An_empty_stop_string_is_refused() =>
        Assert.Throws<ArgumentException>(() => new StopStrings(["a", ""]));

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static string Letters(Random random, int length) =>
        new([.. Enumerable.Range(0, length).Select(_ => "aab"[random.Next(3)])]);

    // The definition, word for word: the first end at which any stop string is complete.
    private static StopCheck Reference(string text, string[] stops, bool includes)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            var stop = stops.Where(each => text[..end].EndsWith(each, Ordinal))
                .MaxBy(each => each.Length);
            if (stop is not null) return new(text[..(includes ? end : end - stop.Length)], stop);
        }
        return new(text, null);
    }

    private static StopCheck InPieces(string text, string[] stops, bool includes, Random random)
    {
        var matcher = new StopStrings(stops, includes).CreateMatcher();
        var shown = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var length = random.Next(Math.Min(4, text.Length - at) + 1);
            var check = matcher.Append(text.Substring(at, length));
            shown.Append(check.Text);
            if (check.Stop is not null) return new(shown.ToString(), check.Stop);
            at += length;
        }
        return new(shown.Append(matcher.Finish()).ToString(), null);
    }
}
