namespace SkPaged.Engine.Pure;

/// <summary>
/// A persistent array of fixed length: every version ever frozen stays as it was, and the newest
/// one of a line reads and changes at the speed of an array. Safe to read from any thread.
/// </summary>
/// <remarks>
/// The newest version owns one array, and an <see cref="Editor"/> changes that in place, once it
/// has noted what was there:
/// <code>
/// oldest --notes--> older --notes--> newest: [ elements ]
/// </code>
/// A version that is read or edited when it is not the newest any more copies the array and undoes
/// all notes on the way back: slow, and never wrong. Notes live as long as a version before them,
/// so whoever drops a version without ever reading it again may say so, see
/// <see cref="RetireFor"/>. Source: Baker, "Shallow binding makes functional arrays fast", 1991.
/// </remarks>
/// <typeparam name="T">The element; kept inline in the array.</typeparam>
public sealed class PersistentVector<T>
    where T : struct
{
    private Place<T> _place;

    private PersistentVector(Place<T> place) => _place = place;

    /// <summary>Elements, fixed at creation.</summary>
    public int Count => _place.Cells.Length;

    /// <summary>The element at <paramref name="index"/>, 0 .. Count - 1.</summary>
    /// <exception cref="InvalidOperationException">This version was retired.</exception>
    public T this[int index]
    {
        get
        {
            while (true)
            {
                var place = Volatile.Read(ref _place);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                    (uint)index, (uint)place.Cells.Length);
                var value = place.Cells[index].Value;
                Volatile.ReadBarrier();
                // An edit takes the place before it writes: the value was read before.
                if (place.Notes is null)
                    return value;
                Interlocked.CompareExchange(ref _place, new Place<T>(place.Copy(), 0), place);
            }
        }
    }

    /// <summary>A vector of <paramref name="count"/> elements, each made of its index.</summary>
    public static PersistentVector<T> Create(int count, Func<int, T> element)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var cells = new Cell<T>[count];
        for (var index = 0; index < count; index++)
            cells[index].Value = element(index);
        return new PersistentVector<T>(new Place<T>(cells, 0));
    }

    /// <summary>A writable view of this vector. The vector itself never changes.</summary>
    public Editor Edit() => new(this);

    /// <summary>
    /// Says that this version, and those before it, will never be read again: its notes are given
    /// to <paramref name="next"/>, whose own edit fills them anew instead of allocating.
    /// </summary>
    /// <param name="next">What an edit of this version became, itself not edited yet.</param>
    public void RetireFor(PersistentVector<T> next)
    {
        if (!ReferenceEquals(this, next))
            next._place.Give(_place.Retire());
    }

    /// <summary>
    /// Changes elements in place. Cannot be stored, captured or awaited; ends with
    /// <see cref="Freeze"/> or <see cref="Abandon"/>.
    /// </summary>
    public readonly ref struct Editor
    {
        private readonly PersistentVector<T> _source;
        private readonly Notes<T> _notes;

        internal Editor(PersistentVector<T> source) =>
            (_source, _notes) = (source, new Notes<T>());

        /// <summary>A writable reference to the element at <paramref name="index"/>.</summary>
        /// <exception cref="InvalidOperationException">The edit has ended.</exception>
        public ref T this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                    (uint)index, (uint)_source.Count);
                if (_notes.HasEnded)
                    throw new InvalidOperationException("The edit has ended.");
                return ref _notes.Write(_source._place, index);
            }
        }

        /// <summary>The element at <paramref name="index"/>, without a note of it.</summary>
        public T Read(int index) =>
            _notes.Cells is { } cells ? cells[index].Value : _source[index];

        /// <summary>
        /// Ends the edit: a vector with the changes. Later writes throw, through copies of this
        /// editor too; a reference taken from it before must not be used any more.
        /// </summary>
        public PersistentVector<T> Freeze() =>
            _notes.End(_source._place) is var place && ReferenceEquals(place, _source._place)
                ? _source
                : new PersistentVector<T>(place);

        /// <summary>Ends the edit and takes back its changes: as if there had been none.</summary>
        public void Abandon()
        {
            _notes.Undo();
            if (_notes.IsInPlace)
                Volatile.Write(ref _source._place, _notes.End(_source._place));
            else
                _notes.End(_source._place);
        }
    }
}
