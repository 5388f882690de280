namespace SkPaged.Engine.Pure;

/// <summary>What an element was before an edit.</summary>
internal readonly record struct Note<T>(int Index, T Value)
    where T : struct;

/// <summary>
/// One edit of a vector: the cells that it writes, and a note of each element's value before its
/// first write. Shared by all copies of its editor.
/// </summary>
internal sealed class Notes<T>
    where T : struct
{
    // Large enough to be few, small enough to stay out of the large object heap. An element is
    // noted once, so of a small vector there is one, as long as the vector.
    private const int ChunkBits = 9;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private Note<T>[][] _chunks = [];
    private Place<T>? _next;
    private int _number;
    private int _count;

    /// <summary>Those of a version that nobody may read any more.</summary>
    public static Notes<T> Retired { get; } = new();

    /// <summary>What is being written; null before the first write.</summary>
    public Cell<T>[]? Cells { get; private set; }

    /// <summary>Whether the cells are the source's, not a copy.</summary>
    public bool IsInPlace => _number > 0;

    /// <summary>Where the elements are after the edit; null until it has ended.</summary>
    public Place<T>? Next => Volatile.Read(ref _next);

    public bool HasEnded => Next is not null;

    /// <summary>The storage, to be filled anew by an edit after this one.</summary>
    public Note<T>[][] Chunks => _chunks;

    /// <summary>A reference to write one element by.</summary>
    public ref T Write(Place<T> source, int index)
    {
        Cells ??= Begin(source);
        ref var cell = ref Cells[index];
        if (cell.Edit != _number)
            Add(index, ref cell);
        return ref cell.Value;
    }

    /// <summary>The place of the elements after the edit.</summary>
    public Place<T> End(Place<T> source)
    {
        var next = Cells is null ? source : new Place<T>(Cells, _number);
        Volatile.Write(ref _next, next);
        return next;
    }

    /// <summary>Takes back what the edit wrote.</summary>
    public void Undo()
    {
        if (Cells is not null)
            Undo(Cells);
    }

    /// <summary>
    /// Puts what was noted into <paramref name="cells"/>, which hold what the edit left, or any
    /// part of it.
    /// </summary>
    public void Undo(Cell<T>[] cells)
    {
        var count = Volatile.Read(ref _count);
        for (var number = 0; number < count; number++)
        {
            var note = _chunks[number >> ChunkBits][number & ChunkMask];
            cells[note.Index].Value = note.Value;
        }
    }

    // A copy needs no notes: its cells carry this edit's number, 0, from the start.
    private Cell<T>[] Begin(Place<T> source)
    {
        if (!source.TryTake(this))
            return source.Copy();
        (_number, _chunks) = (source.Edits + 1, source.TakeSpare());
        return source.Cells;
    }

    private void Add(int index, ref Cell<T> cell)
    {
        var (chunk, offset) = (_count >> ChunkBits, _count & ChunkMask);
        if (chunk == _chunks.Length)
            _chunks = [.. _chunks, new Note<T>[Math.Min(ChunkMask + 1, Cells!.Length)]];
        _chunks[chunk][offset] = new Note<T>(index, cell.Value);
        cell.Edit = _number;
        // Whoever sees what is written next sees the note as well.
        Volatile.Write(ref _count, _count + 1);
        Volatile.WriteBarrier();
    }
}
