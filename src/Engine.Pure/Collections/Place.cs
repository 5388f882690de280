using System.Diagnostics.CodeAnalysis;

namespace SkPaged.Engine.Pure;

/// <summary>An element, and the number of the last edit that noted what it was before.</summary>
[SuppressMessage(
    "Performance", "CA1815", Justification = "Nobody compares two: the storage of an array.")]
internal struct Cell<T>
    where T : struct
{
    public T Value;
    public int Edit;
}

/// <summary>
/// Where the elements of one version are: in <paramref name="cells"/> as long as it has no notes,
/// afterwards in what the edit with those notes left there, undone by them.
/// </summary>
/// <param name="cells">Shared by all places of a line; only the newest place's edit writes.</param>
/// <param name="edits">Edits of the cells so far: no cell carries a higher number.</param>
internal sealed class Place<T>(Cell<T>[] cells, int edits)
    where T : struct
{
    private Notes<T>? _notes;
    private Note<T>[][] _spare = [];

    public Cell<T>[] Cells { get; } = cells;

    public int Edits { get; } = edits;

    /// <summary>Of the edit that took the cells; null = this place has them still.</summary>
    public Notes<T>? Notes => Volatile.Read(ref _notes);

    /// <summary>Takes the cells for one edit; false where another was first.</summary>
    public bool TryTake(Notes<T> notes) =>
        Edits < int.MaxValue && Interlocked.CompareExchange(ref _notes, notes, null) is null;

    /// <summary>Storage for the notes of the next edit.</summary>
    public void Give(Note<T>[][] spare) => _spare = spare;

    /// <summary>What was given, to be used once.</summary>
    public Note<T>[][] TakeSpare() => Interlocked.Exchange(ref _spare, []);

    /// <summary>
    /// Lets go of what comes after, so that an old version that nobody holds keeps no newer one
    /// alive until the collector sees it too.
    /// </summary>
    /// <returns>The storage of its notes, if their edit has ended.</returns>
    public Note<T>[][] Retire() =>
        Interlocked.Exchange(ref _notes, Notes<T>.Retired) is { HasEnded: true } notes
            ? notes.Chunks
            : [];

    /// <summary>The elements as they were at this place, in cells of their own.</summary>
    /// <remarks>
    /// Another thread may edit meanwhile. Of what one edit can have written while the cells were
    /// copied there are notes by then; where the next edit may have begun the copy is made again.
    /// </remarks>
    public Cell<T>[] Copy()
    {
        while (true)
        {
            var last = this;
            List<Notes<T>> trail = [];
            while (last.Notes is { Next: { } next } passed)
            {
                trail.Add(passed);
                last = next;
            }

            var copy = new Cell<T>[Cells.Length];
            for (var index = 0; index < copy.Length; index++)
                copy[index].Value = last.Cells[index].Value;
            Volatile.ReadBarrier();
            if (last.Notes is { } since)
            {
                if (ReferenceEquals(since, Notes<T>.Retired))
                    throw new InvalidOperationException("This version was retired.");
                if (since.Next is not null)
                    continue;
                trail.Add(since);
            }

            for (var step = trail.Count - 1; step >= 0; step--)
                trail[step].Undo(copy);
            return copy;
        }
    }
}
