using System.Runtime.CompilerServices;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A persistent array of fixed length: a radix-32 tree over leaves of 16. Reads are 3-4 hops; an
/// <see cref="Editor"/> changes many elements and copies each touched node once, so an edit costs
/// what it touches, not what exists. Every vector ever frozen stays as it was.
/// </summary>
/// <typeparam name="T">The element; kept inline in the leaves.</typeparam>
public sealed class PersistentVector<T>
    where T : struct
{
    private const int LeafBits = 4;
    private const int LeafMask = (1 << LeafBits) - 1;
    private const int BranchBits = 5;
    private const int BranchMask = (1 << BranchBits) - 1;

    private readonly Node _root;
    private readonly int _shift;

    private PersistentVector(Node root, int shift, int count) =>
        (_root, _shift, Count) = (root, shift, count);

    /// <summary>Elements, fixed at creation.</summary>
    public int Count { get; }

    /// <summary>The element at <paramref name="index"/>, 0 .. Count - 1.</summary>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            var node = _root;
            for (var shift = _shift; shift >= LeafBits; shift -= BranchBits)
                node = Unsafe.As<Branch>(node).Children[(index >> shift) & BranchMask];
            return Unsafe.As<Leaf>(node).Items[index & LeafMask];
        }
    }

    /// <summary>A vector of <paramref name="count"/> elements, each made of its index.</summary>
    public static PersistentVector<T> Create(int count, Func<int, T> element)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var shift = LeafBits - BranchBits;
        while ((long)1 << (shift + BranchBits) < count)
            shift += BranchBits;
        return new PersistentVector<T>(Build(element, count, 0, shift), shift, count);
    }

    /// <summary>A writable view of this vector. The vector itself never changes.</summary>
    public Editor Edit() => new(this);

    private static Node Build(Func<int, T> element, int count, int first, int shift)
    {
        if (shift < LeafBits)
        {
            var leaf = new Leaf(null);
            for (var i = 0; i <= LeafMask && first + i < count; i++)
                leaf.Items[i] = element(first + i);
            return leaf;
        }

        var branch = new Branch(null);
        for (var i = 0; i <= BranchMask && first + (i << shift) < count; i++)
            branch.Children[i] = Build(element, count, first + (i << shift), shift - BranchBits);
        return branch;
    }

    /// <summary>
    /// Changes elements in place, in nodes that it copied on first touch. Cannot be stored,
    /// captured or awaited; ends with <see cref="Freeze"/>.
    /// </summary>
    public ref struct Editor
    {
        private readonly PersistentVector<T> _source;
        private readonly Owner _owner;
        private Node _root;

        internal Editor(PersistentVector<T> source) =>
            (_source, _root, _owner) = (source, source._root, new Owner());

        /// <summary>A writable reference to the element at <paramref name="index"/>.</summary>
        public ref T this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                    (uint)index, (uint)_source.Count);
                if (_owner.IsDone)
                    throw new InvalidOperationException("The edit is frozen.");
                ref Node node = ref _root;
                for (var shift = _source._shift; shift >= LeafBits; shift -= BranchBits)
                {
                    var children = Own<Branch>(ref node, _owner).Children;
                    node = ref children[(index >> shift) & BranchMask];
                }

                return ref Own<Leaf>(ref node, _owner).Items[index & LeafMask];
            }
        }

        /// <summary>The element at <paramref name="index"/>, without copying its node.</summary>
        public readonly T Read(int index)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                (uint)index, (uint)_source.Count);
            var node = _root;
            for (var shift = _source._shift; shift >= LeafBits; shift -= BranchBits)
                node = Unsafe.As<Branch>(node).Children[(index >> shift) & BranchMask];
            return Unsafe.As<Leaf>(node).Items[index & LeafMask];
        }

        /// <summary>
        /// Ends the edit: a vector with the changes. Later writes throw, through copies of this
        /// editor too; a reference taken from it before must not be used any more.
        /// </summary>
        public readonly PersistentVector<T> Freeze()
        {
            _owner.Finish();
            return ReferenceEquals(_root, _source._root)
                ? _source
                : new PersistentVector<T>(_root, _source._shift, _source.Count);
        }

        // A node belongs to this edit when it carries its owner; all others are shared.
        private static TNode Own<TNode>(ref Node node, Owner owner)
            where TNode : Node
        {
            if (!ReferenceEquals(node.Owner, owner))
                node = node.CopyFor(owner);
            return Unsafe.As<TNode>(node);
        }
    }

    // The one thing that all copies of an editor share.
    internal sealed class Owner
    {
        public bool IsDone { get; private set; }

        public void Finish() => IsDone = true;
    }

    internal abstract class Node(Owner? owner)
    {
        public Owner? Owner { get; } = owner;

        public abstract Node CopyFor(Owner owner);
    }

    private sealed class Leaf(Owner? owner) : Node(owner)
    {
        private Chunk16<T> _items;

        public Span<T> Items => _items;

        public override Node CopyFor(Owner owner) => new Leaf(owner) { _items = _items };
    }

    private sealed class Branch(Owner? owner) : Node(owner)
    {
        private Chunk32<Node> _children;

        public Span<Node> Children => _children;

        public override Node CopyFor(Owner owner) => new Branch(owner) { _children = _children };
    }
}

[InlineArray(16)]
internal struct Chunk16<T>
{
    private T _first;
}

[InlineArray(32)]
internal struct Chunk32<T>
{
    private T _first;
}
