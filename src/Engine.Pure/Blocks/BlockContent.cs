using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// What a full block holds: its tokens after all those of the blocks before it. K and V of a
/// token depend on everything up to it, so a block can be shared exactly when this is equal.
/// </summary>
/// <remarks>
/// The hash only finds candidates. A hit compares the tokens themselves, along the whole chain,
/// so a wrong one is impossible and not merely unlikely.
/// </remarks>
/// <param name="Before">The block before; null = the first of a sequence.</param>
/// <param name="Salt">Only equal salts share; the same along a chain.</param>
/// <param name="Tokens">As many as a block holds.</param>
/// <param name="Hash">Of the whole chain, salt included.</param>
internal sealed record BlockContent(
    BlockContent? Before, string? Salt, ImmutableArray<TokenId> Tokens, BlockHash Hash)
{
    /// <summary>Blocks of the chain, this one included.</summary>
    public int Depth { get; } = Before is null ? 1 : Before.Depth + 1;

    /// <summary>
    /// Whether this is what a block of <paramref name="tokens"/> behind <paramref name="before"/>
    /// holds.
    /// </summary>
    public bool Is(BlockContent? before, string? salt, ReadOnlySpan<TokenId> tokens) =>
        Tokens.AsSpan().SequenceEqual(tokens)
        && IsSame(Before, before)
        && (before is not null || string.Equals(Salt, salt, StringComparison.Ordinal));

    /// <summary>The same chain of tokens under the same salt.</summary>
    public bool Equals(BlockContent? other) => IsSame(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    // Chains share their beginnings, so this mostly ends at the first comparison.
    private static bool IsSame(BlockContent? left, BlockContent? right)
    {
        for (; !ReferenceEquals(left, right); (left, right) = (left.Before, right.Before))
        {
            if (left is null || right is null || left.Hash != right.Hash
                || !left.Tokens.AsSpan().SequenceEqual(right.Tokens.AsSpan())
                || !string.Equals(left.Salt, right.Salt, StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
