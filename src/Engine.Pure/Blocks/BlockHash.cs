using System.Runtime.InteropServices;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The hash of a block's content, chained: that of the block before goes into it, and the salt
/// into the first. Where a block is looked up, never why one is shared.
/// </summary>
/// <param name="Value">Any number.</param>
internal readonly record struct BlockHash(ulong Value)
{
    private const ulong Seed = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The half of it that the prefix index keeps.</summary>
    public uint Short => (uint)Value;

    /// <summary>The hash of a block of <paramref name="tokens"/>.</summary>
    /// <param name="before">The hash of the block before; null = there is none.</param>
    /// <param name="salt">Goes into the first block of a chain.</param>
    /// <param name="tokens">As many as a block holds.</param>
    public static BlockHash After(
        BlockHash? before, string? salt, ReadOnlySpan<TokenId> tokens)
    {
        var hash = before?.Value ?? Salted(salt);
        var pairs = MemoryMarshal.Cast<TokenId, ulong>(tokens);
        foreach (var pair in pairs)
            hash = Mix(hash, pair);
        return new BlockHash(
            tokens.Length % 2 == 0 ? hash : Mix(hash, (uint)tokens[^1].Value));
    }

    // No salt and an empty one are two salts.
    private static ulong Salted(string? salt)
    {
        if (salt is null)
            return Seed;
        var hash = Mix(Seed, (ulong)salt.Length + 1);
        foreach (var letter in salt)
            hash = Mix(hash, letter);
        return hash;
    }

    // The finaliser of SplitMix64 over the running hash and the next value.
    private static ulong Mix(ulong hash, ulong value)
    {
        var mixed = (hash ^ value) + Seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
