using System.Diagnostics;
using System.Numerics;

namespace SkPaged.Engine.Pure;

/// <summary>
/// One step's changes to the prefix index: which blocks may hold a content, by the hash of it.
/// </summary>
/// <remarks>
/// A table of slots. A block stands in the slot that its hash names, or in the first empty one
/// behind, around the end if need be:
/// <code>
/// [ empty | a | b | c | empty ]    a, b and c may all belong to the slot of a
/// </code>
/// So a search ends at an empty slot, of which there are always some, and mostly within one line
/// of the processor's cache. Source: Knuth, The Art of Computer Programming 3, section 6.4,
/// algorithms L and R.
/// </remarks>
internal readonly ref struct PrefixIndexEdit(PersistentVector<Slot> source)
{
    private readonly PersistentVector<Slot>.Editor _slots = source.Edit();
    private readonly uint _mask = (uint)source.Count - 1;

    /// <summary>
    /// An index of <paramref name="blocks"/> that hold nothing. Its slots are a power of 2, at
    /// least two for each.
    /// </summary>
    public static PersistentVector<Slot> Create(int blocks) =>
        PersistentVector<Slot>.Create(
            (int)Math.Min(
                1u << 30, 2 * BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, blocks))),
            _ => Slot.Empty);

    /// <summary>
    /// The first block whose hash is <paramref name="hash"/> at or behind
    /// <paramref name="place"/>, and the place behind it; -1 = there is none.
    /// </summary>
    /// <param name="hash">Of the content that is looked for.</param>
    /// <param name="place">At first the hash itself.</param>
    public int Next(uint hash, ref uint place)
    {
        while (_slots.Read((int)(place & _mask)) is { IsEmpty: false } slot)
        {
            place++;
            if (slot.Hash == hash)
                return slot.Block;
        }

        return BlockPool.None;
    }

    /// <summary>Adds a block that is not in the index.</summary>
    public void Add(int block, uint hash)
    {
        var place = hash & _mask;
        while (!_slots.Read((int)place).IsEmpty)
            place = (place + 1) & _mask;
        _slots[(int)place] = new Slot(block, hash);
    }

    /// <summary>Takes out a block that is in the index.</summary>
    public void Remove(int block, uint hash)
    {
        var hole = hash & _mask;
        while (_slots.Read((int)hole) is var found && found.Block != block)
        {
            if (found.IsEmpty)
                throw new UnreachableException("A block left the prefix index that was not in it.");
            hole = (hole + 1) & _mask;
        }

        var place = (hole + 1) & _mask;
        for (; _slots.Read((int)place) is { IsEmpty: false } slot; place = (place + 1) & _mask)
        {
            // Whoever belongs behind the hole is found without it.
            if (((place - slot.Hash) & _mask) < ((place - hole) & _mask))
                continue;
            _slots[(int)hole] = slot;
            hole = place;
        }

        _slots[(int)hole] = Slot.Empty;
    }

    /// <summary>Ends the edit and takes back all that it did.</summary>
    public void Abandon() => _slots.Abandon();

    /// <summary>Ends the edit: the index with its changes.</summary>
    public PersistentVector<Slot> Freeze() => _slots.Freeze();
}
