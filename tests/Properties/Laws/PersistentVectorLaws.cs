using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>The persistent vector against plain arrays.</summary>
public static class PersistentVectorLaws
{
    // On both sides of where a chunk of notes is full.
    private static readonly int[] s_sizes = [1, 2, 3, 17, 511, 512, 513, 1024, 1025, 5000];

    public static TheoryData<int> Sizes => [0, .. s_sizes];

    [Theory, MemberData(nameof(Sizes))]
    public static void A_vector_holds_what_it_was_made_of(int count)
    {
        var vector = PersistentVector<int>.Create(count, index => 3 * index);
        Same([.. Enumerable.Range(0, count).Select(index => 3 * index)], vector);
    }

    [Law]
    public static void An_edit_does_to_a_vector_what_it_does_to_an_array(
        NonNegativeInt size, (NonNegativeInt Index, int Value)[] writes)
    {
        var (array, vector) = Of(size);
        Same(Written(array, writes), Written(vector, writes));
    }

    [Law]
    public static void An_edit_is_the_fold_of_single_writes(
        NonNegativeInt size, (NonNegativeInt Index, int Value)[] writes)
    {
        var (_, vector) = Of(size);
        var folded = writes.Aggregate(vector, (each, write) => Written(each, [write]));
        Same(Items(folded), Written(vector, writes));
    }

    // Each edit starts from any of the vectors so far.
    [Law]
    public static void No_edit_changes_any_other_vector(
        NonNegativeInt size, (NonNegativeInt From, NonNegativeInt Index, int Value)[] edits)
    {
        var versions = new List<(int[] Array, PersistentVector<int> Vector)> { Of(size) };
        foreach (var (from, index, value) in edits)
        {
            var (array, vector) = versions[from.Get % versions.Count];
            versions.Add((
                Written(array, [(index, value)]), Written(vector, [(index, value)])));
        }

        Assert.All(versions, version => Same(version.Array, version.Vector));
    }

    // As one line, each version edited once, and read from the oldest on.
    [Law]
    public static void Every_version_of_a_long_line_stays_as_it_was(
        NonNegativeInt size, (NonNegativeInt Index, int Value)[] writes)
    {
        var versions = new List<(int[] Array, PersistentVector<int> Vector)> { Of(size) };
        foreach (var write in writes)
        {
            var (array, vector) = versions[^1];
            versions.Add((Written(array, [write]), Written(vector, [write])));
        }

        Assert.All(versions, version => Same(version.Array, version.Vector));
    }

    [Law]
    public static void A_vector_reads_the_same_while_it_is_edited(
        NonNegativeInt size, (NonNegativeInt Index, int Value)[] writes)
    {
        var (array, vector) = Of(size);
        var editor = vector.Edit();
        foreach (var (index, value) in writes)
        {
            editor[index.Get % array.Length] = value;
            Assert.Equal(array[index.Get % array.Length], vector[index.Get % array.Length]);
            Assert.Equal(value, editor.Read(index.Get % array.Length));
        }

        Same(array, vector);
        Same(Written(array, writes), editor.Freeze());
        Same(array, vector);
    }

    [Law]
    public static void An_abandoned_edit_leaves_no_trace(
        NonNegativeInt size,
        (NonNegativeInt Index, int Value)[] before,
        (NonNegativeInt Index, int Value)[] writes)
    {
        var (array, oldest) = Of(size);
        var vector = Written(oldest, before);
        var editor = vector.Edit();
        foreach (var (index, value) in writes)
            editor[index.Get % array.Length] = value;
        editor.Abandon();
        Same(Written(array, before), vector);
        Same(Written(Written(array, before), writes), Written(vector, writes));
        Same(array, oldest);
    }

    [Law]
    public static void Two_edits_of_one_vector_know_nothing_of_each_other(
        NonNegativeInt size,
        (NonNegativeInt Index, int Value)[] writes,
        (NonNegativeInt Index, int Value)[] others)
    {
        var (array, vector) = Of(size);
        var first = vector.Edit();
        var second = vector.Edit();
        foreach (var (write, other) in writes.Zip(others))
        {
            first[write.Index.Get % array.Length] = write.Value;
            second[other.Index.Get % array.Length] = other.Value;
        }

        var count = Math.Min(writes.Length, others.Length);
        Same(Written(array, others[..count]), second.Freeze());
        Same(Written(array, writes[..count]), first.Freeze());
        Same(array, vector);
    }

    [Law]
    public static void Retiring_what_came_before_changes_nothing_after(
        NonNegativeInt size, (NonNegativeInt Index, int Value)[] writes)
    {
        var (array, vector) = Of(size);
        foreach (var write in writes)
        {
            var before = vector;
            (array, vector) = (Written(array, [write]), Written(before, [write]));
            before.RetireFor(vector);
            vector.RetireFor(vector);
        }

        Same(array, vector);
    }

    [Fact]
    public static void A_retired_version_refuses_to_be_read_and_edited()
    {
        var oldest = PersistentVector<int>.Create(20, _ => 0);
        var older = Written(oldest, 3, 1);
        var newest = Written(older, 3, 2);
        older.RetireFor(newest);
        Assert.Throws<InvalidOperationException>(() => older[3]);
        Assert.Throws<InvalidOperationException>(() => oldest[3]);
        Throws<InvalidOperationException>(older.Edit(), 3);
        Assert.Equal(2, newest[3]);
    }

    // 20,000 elements would be 160 kB.
    [Fact]
    public static void An_edit_of_the_newest_version_copies_nothing()
    {
        var vector = PersistentVector<int>.Create(20_000, index => index);
        Written(vector, 0, 1);
        vector = PersistentVector<int>.Create(20_000, index => index);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var next = Written(vector, 7, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 20_000);
        Assert.Equal(1, next[7]);
    }

    // One thread goes on editing the newest version, two read one that stays.
    [Fact]
    public static void A_version_reads_the_same_while_another_thread_edits_what_follows_it()
    {
        var kept = PersistentVector<int>.Create(64, index => index);
        var (newest, wrong, stop) = (kept, 0, false);
        var readers = Enumerable.Range(0, 2).Select(first => new Thread(() =>
        {
            for (var index = first; !Volatile.Read(ref stop); index = (index + 1) % 64)
            {
                var seen = Volatile.Read(ref newest);
                var value = seen[0];
                // An element is 0 in the first version, then what the edit before all wrote.
                if (kept[index] != index || seen[0] != value || seen[63] - 63 != value)
                    Interlocked.Increment(ref wrong);
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());
        for (var edit = 1; edit <= 20_000; edit++)
        {
            var editor = newest.Edit();
            for (var index = 0; index < 64; index++)
                editor[index] = index + edit;
            if (edit % 3 == 0)
                editor.Abandon();
            else
                Volatile.Write(ref newest, editor.Freeze());
        }

        Volatile.Write(ref stop, true);
        readers.ForEach(reader => reader.Join());
        Assert.Equal(0, wrong);
    }

    [Law]
    public static void An_edit_that_writes_nothing_gives_the_same_vector(NonNegativeInt size)
    {
        var (array, vector) = Of(size);
        var editor = vector.Edit();
        Assert.Equal(array[^1], editor.Read(array.Length - 1));
        Assert.Same(vector, editor.Freeze());
    }

    [Fact]
    public static void A_write_after_the_edit_ended_throws()
    {
        var editor = PersistentVector<int>.Create(20, _ => 0).Edit();
        editor[3] = 1;
        editor.Freeze();
        Throws<InvalidOperationException>(editor, 3);
    }

    // A ref struct can be copied; the copy must not reach into what was frozen.
    [Fact]
    public static void A_write_through_a_copy_of_an_editor_whose_edit_ended_throws()
    {
        var editor = PersistentVector<int>.Create(20, _ => 0).Edit();
        editor[3] = 1;
        var copy = editor;
        var frozen = editor.Freeze();
        Throws<InvalidOperationException>(copy, 3);
        Assert.Equal(1, frozen[3]);
    }

    [Theory]
    [InlineData(-1), InlineData(20), InlineData(31), InlineData(int.MaxValue)]
    public static void An_index_outside_the_vector_throws(int index)
    {
        var vector = PersistentVector<int>.Create(20, _ => 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => vector[index]);
        Throws<ArgumentOutOfRangeException>(vector.Edit(), index);
        Assert.Throws<ArgumentOutOfRangeException>(() => vector.Edit().Read(index));
    }

    private static void Throws<T>(PersistentVector<int>.Editor editor, int index)
        where T : Exception
    {
        try
        {
            editor[index] = 2;
        }
        catch (T)
        {
            return;
        }

        Assert.Fail($"Writing at {index} threw no {typeof(T).Name}.");
    }

    private static (int[] Array, PersistentVector<int> Vector) Of(NonNegativeInt size)
    {
        var count = s_sizes[size.Get % s_sizes.Length];
        int[] array = [.. Enumerable.Range(0, count)];
        return (array, PersistentVector<int>.Create(count, index => index));
    }

    private static int[] Written(int[] array, (NonNegativeInt Index, int Value)[] writes)
    {
        int[] copy = [.. array];
        foreach (var (index, value) in writes)
            copy[index.Get % copy.Length] = value;
        return copy;
    }

    private static PersistentVector<int> Written(
        PersistentVector<int> vector, (NonNegativeInt Index, int Value)[] writes)
    {
        var editor = vector.Edit();
        foreach (var (index, value) in writes)
            editor[index.Get % vector.Count] = value;
        return editor.Freeze();
    }

    private static PersistentVector<int> Written(
        PersistentVector<int> vector, int index, int value)
    {
        var editor = vector.Edit();
        editor[index] = value;
        return editor.Freeze();
    }

    private static int[] Items(PersistentVector<int> vector) =>
        [.. Enumerable.Range(0, vector.Count).Select(index => vector[index])];

    private static void Same(int[] expected, PersistentVector<int> vector)
    {
        Assert.Equal(expected.Length, vector.Count);
        Assert.Equal(expected, Items(vector));
    }
}
