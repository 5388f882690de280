using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A persistent list that only grows at its end: appending gives a new list and leaves this one
/// as it was. The newest list of a line appends in place (amortised O(1)); a branch off an older
/// one copies first. Contiguous, so it reads as a span. Safe to read from any thread.
/// </summary>
/// <remarks>
/// The buffer holds [0, Count) of every list that shares it; the slot at Count belongs to whoever
/// claims it first. Lists never see past their own Count, so a lost claim costs a copy and nothing
/// else.
/// </remarks>
/// <typeparam name="T">The element.</typeparam>
public readonly struct AppendLog<T> : IEquatable<AppendLog<T>>
{
    private readonly Buffer? _buffer;

    internal AppendLog(Buffer? buffer, int count) => (_buffer, Count) = (buffer, count);

    /// <summary>The list without elements.</summary>
    public static AppendLog<T> Empty => default;

    /// <summary>Elements held.</summary>
    public int Count { get; }

    /// <summary>Where the elements are; null = the list without elements.</summary>
    internal Buffer? Storage => _buffer;

    /// <summary>The element at <paramref name="index"/>, 0 .. Count - 1.</summary>
    public T this[int index] => Span[index];

    /// <summary>All elements, in the order they were appended.</summary>
    public ReadOnlySpan<T> Span => _buffer is null ? [] : _buffer.Items.AsSpan(0, Count);

    /// <summary>All elements, for readers that outlive a stack frame.</summary>
    public ReadOnlyMemory<T> Memory => _buffer is null ? default : _buffer.Items.AsMemory(0, Count);

    /// <summary>
    /// The list of <paramref name="items"/>, over the same memory: nothing is copied.
    /// </summary>
    public static AppendLog<T> From(ImmutableArray<T> items) =>
        items.IsDefaultOrEmpty
            ? Empty
            : new AppendLog<T>(
                Buffer.Full(ImmutableCollectionsMarshal.AsArray(items)!), items.Length);

    /// <summary>This list and <paramref name="item"/>.</summary>
    public AppendLog<T> Append(T item) => Append(new ReadOnlySpan<T>(in item));

    /// <summary>This list and <paramref name="items"/>.</summary>
    public AppendLog<T> Append(ReadOnlySpan<T> items)
    {
        if (items.IsEmpty)
            return this;
        var buffer = _buffer is { } own && own.TryClaim(Count, items.Length)
            ? own
            : Buffer.CopyOf(Span, Count + items.Length);
        buffer.Fill(Count, items);
        return new AppendLog<T>(buffer, Count + items.Length);
    }

    /// <summary>The first <paramref name="count"/> elements; shares the buffer.</summary>
    public AppendLog<T> Take(int count) =>
        (uint)count <= (uint)Count && _buffer is { } buffer
            ? new AppendLog<T>(buffer, count)
            : count == 0 ? Empty : throw new ArgumentOutOfRangeException(nameof(count));

    /// <summary>
    /// The same buffer and length: a cheap "nothing changed", not element equality.
    /// </summary>
    public bool Equals(AppendLog<T> other) =>
        ReferenceEquals(_buffer, other._buffer) && Count == other.Count;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AppendLog<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_buffer, Count);

    /// <summary>Same buffer and length.</summary>
    public static bool operator ==(AppendLog<T> left, AppendLog<T> right) => left.Equals(right);

    /// <summary>Other buffer or length.</summary>
    public static bool operator !=(AppendLog<T> left, AppendLog<T> right) => !left.Equals(right);

    internal sealed class Buffer(T[] items, int claimed)
    {
        // Beside the mark: an append need not fetch the head of the array to know its length.
        private readonly int _length = items.Length;
        private int _claimed = claimed;

        public T[] Items { get; } = items;

        // Whoever moves the mark from count owns the slots [count, count + wanted).
        public bool TryClaim(int count, int wanted) =>
            wanted <= _length - count
            && Interlocked.CompareExchange(ref _claimed, count + wanted, count) == count;

        // Only into slots that were claimed, which lie within the array: not checked again. That it
        // is there is asked of the reference: asked of the array, its head is fetched for it.
        public void Fill(int first, ReadOnlySpan<T> items)
        {
            if (Items is { } slots)
                items.CopyTo(MemoryMarshal.CreateSpan(
                    ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), first),
                    items.Length));
        }

        public static Buffer Full(T[] items) => new(items, items.Length);

        public static Buffer CopyOf(ReadOnlySpan<T> items, int needed)
        {
            var copy = new T[Math.Max(4, needed + needed / 2)];
            items.CopyTo(copy);
            return new Buffer(copy, needed);
        }
    }
}
