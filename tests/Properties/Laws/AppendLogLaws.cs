using System.Collections.Immutable;
using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>The append log against plain lists.</summary>
public static class AppendLogLaws
{
    // Each edit appends to any of the logs so far: most branch off the middle of a line.
    [Law]
    public static void Every_log_holds_what_was_appended_to_it_however_its_line_branches(
        NonNegativeInt[] parents, int[][] appended)
    {
        var logs = new List<(AppendLog<int> Log, int[] Model)> { (AppendLog<int>.Empty, []) };
        foreach (var (parent, items) in parents.Zip(appended))
        {
            var (log, model) = logs[parent.Get % logs.Count];
            logs.Add((log.Append(items), [.. model, .. items]));
            if (items is [var only])
                logs.Add((log.Append(only), [.. model, only]));
        }

        Assert.All(logs, pair => Same(pair.Model, pair.Log));
    }

    [Law]
    public static void The_beginning_of_a_log_grows_apart_from_the_log(
        int[] items, NonNegativeInt taken, int[] more)
    {
        var log = AppendLog<int>.Empty.Append(items);
        var count = taken.Get % (items.Length + 1);
        var (beginning, whole) = (log.Take(count), log.Append(more));
        var other = beginning.Append(more);
        Same(items[..count], beginning);
        Same([.. items[..count], .. more], other);
        Same([.. items, .. more], whole);
        Same(items, log);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Take(items.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Take(-1));
    }

    [Law]
    public static void A_log_over_an_array_never_writes_to_the_array(int[] items, int more)
    {
        ImmutableArray<int> array = [.. items];
        var log = AppendLog<int>.From(array);
        Same([.. items, more], log.Append(more));
        Same(items, log);
        Assert.Equal(items, array.ToArray());
    }

    [Law]
    public static void A_log_equals_itself_and_no_log_that_grew_from_it(int[] items, int more)
    {
        var log = AppendLog<int>.Empty.Append(items);
        var copy = log;
        Assert.True(log == copy && log.Equals((object)copy));
        Assert.Equal(log.GetHashCode(), copy.GetHashCode());
        Assert.True(log != log.Append(more));
    }

    [Fact]
    public static void Two_threads_that_append_to_one_log_never_see_each_others_tails()
    {
        const int rounds = 2000;
        const int appends = 3;
        var log = AppendLog<int>.Empty.Append([-1, -2, -3, -4, -5]);
        var ends = new AppendLog<int>[2, rounds];
        using var barrier = new Barrier(2);
        var threads = Enumerable.Range(0, 2).Select(side => new Thread(() =>
        {
            for (var round = 0; round < rounds; round++)
            {
                // Both start from the same log at the same moment, with room for both.
                var mine = log.Append(round);
                barrier.SignalAndWait();
                for (var i = 0; i < appends; i++)
                    mine = mine.Append(side * 10 + i);
                ends[side, round] = mine;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        foreach (var round in Enumerable.Range(0, rounds))
        {
            Same([-1, -2, -3, -4, -5, round, 0, 1, 2], ends[0, round]);
            Same([-1, -2, -3, -4, -5, round, 10, 11, 12], ends[1, round]);
        }
    }

    private static void Same(int[] expected, AppendLog<int> log)
    {
        Assert.Equal(expected.Length, log.Count);
        Assert.Equal(expected, log.Span.ToArray());
        Assert.Equal(expected, log.Memory.ToArray());
        Assert.Equal(expected, Enumerable.Range(0, log.Count).Select(index => log[index]));
    }
}
