using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Edges of the persistent collections that chance seldom finds.</summary>
public class Collections
{
    [Fact]
    public void A_vector_is_made_of_its_own_indices_and_asks_for_no_other()
    {
        foreach (var count in new[] { 0, 1, 15, 16, 17, 512, 513 })
        {
            var asked = new List<int>();
            PersistentVector<int>.Create(count, index =>
            {
                asked.Add(index);
                return index;
            });
            Assert.Equal(Enumerable.Range(0, count), asked);
        }
    }

    [Fact]
    public void A_vector_of_fewer_elements_than_none_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            PersistentVector<int>.Create(-1, index => index));

    // All three share one buffer until the last appends where the second has appended already.
    [Fact]
    public void A_log_that_was_cut_and_grows_again_changes_none_of_those_it_came_from()
    {
        var log = AppendLog<int>.Empty.Append([1, 2]);
        var longer = log.Append(3);
        var other = log.Take(1).Append(9);
        Assert.Equal([1, 2], log.Span.ToArray());
        Assert.Equal([1, 2, 3], longer.Span.ToArray());
        Assert.Equal([1, 9], other.Span.ToArray());
    }
}
