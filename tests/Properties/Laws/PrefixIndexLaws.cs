using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>The slots of the prefix index against a plain dictionary.</summary>
public static class PrefixIndexLaws
{
    private const int Blocks = 8;

    // 16 slots, of which hashes name the last ones and the first: searches go around the end, and
    // who leaves has others behind it that stand where they do only because of it.
    [Law]
    public static void The_index_finds_the_blocks_of_a_hash_whoever_came_and_left_before(
        (byte Block, byte Hash)[] toggled)
    {
        var index = new PrefixIndexEdit(PrefixIndexEdit.Create(Blocks));
        var model = new Dictionary<int, uint>();
        foreach (var (block, hash) in toggled)
        {
            Toggle(index, model, block % Blocks, Hash(hash));
            Same(index, model);
        }

        Same(new PrefixIndexEdit(index.Freeze()), model);
    }

    [Law]
    public static void An_index_stays_as_it_was_when_blocks_come_and_leave_in_the_next(
        (byte Block, byte Hash)[] before, (byte Block, byte Hash)[] after)
    {
        var first = new PrefixIndexEdit(PrefixIndexEdit.Create(Blocks));
        var model = new Dictionary<int, uint>();
        foreach (var (block, hash) in before)
            Toggle(first, model, block % Blocks, Hash(hash));
        var old = first.Freeze();
        var next = new PrefixIndexEdit(old);
        var changed = new Dictionary<int, uint>(model);
        foreach (var (block, hash) in after)
            Toggle(next, changed, block % Blocks, Hash(hash));
        Same(new PrefixIndexEdit(next.Freeze()), changed);
        Same(new PrefixIndexEdit(old), model);
    }

    // Five slots in a row, around the end, and two hashes for each.
    private static uint Hash(byte drawn) =>
        (uint)(14 + drawn % 5) % 16 + (drawn % 2 == 0 ? 0 : 1u << 31);

    private static void Toggle(
        PrefixIndexEdit index, Dictionary<int, uint> model, int block, uint hash)
    {
        if (model.Remove(block, out var known))
        {
            index.Remove(block, known);
            return;
        }

        index.Add(block, hash);
        model.Add(block, hash);
    }

    private static void Same(PrefixIndexEdit index, Dictionary<int, uint> model)
    {
        for (var drawn = 0; drawn < 10; drawn++)
        {
            var hash = Hash((byte)drawn);
            var found = new List<int>();
            var place = hash;
            while (index.Next(hash, ref place) is not BlockPool.None and var block)
                found.Add(block);
            Assert.Equal(
                model.Where(pair => pair.Value == hash).Select(pair => pair.Key).Order(),
                found.Order());
        }
    }
}
