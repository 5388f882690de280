using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>The persistent vector against plain arrays.</summary>
public static class PersistentVectorLaws
{
    // On both sides of where a leaf, and a branch over leaves, is full.
    private static readonly int[] s_sizes = [1, 2, 15, 16, 17, 511, 512, 513, 1000, 16_384, 16_385];

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

    private static int[] Items(PersistentVector<int> vector) =>
        [.. Enumerable.Range(0, vector.Count).Select(index => vector[index])];

    private static void Same(int[] expected, PersistentVector<int> vector)
    {
        Assert.Equal(expected.Length, vector.Count);
        Assert.Equal(expected, Items(vector));
    }
}
