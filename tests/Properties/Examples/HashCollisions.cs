using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Blocks whose hashes are equal are shared only where what they hold is.</summary>
public class HashCollisions
{
    private static readonly BlockHash s_hash = new(7);
    private static readonly ImmutableArray<TokenId> s_tokens = [new(1), new(2)];
    private static readonly BlockContent s_first = new(null, null, s_tokens, s_hash);
    private static readonly BlockContent s_second = new(s_first, null, s_tokens, s_hash);

    [Fact]
    public void The_same_chain_is_equal_to_itself_made_again()
    {
        var first = new BlockContent(null, null, s_tokens, s_hash);
        Assert.True(s_first.Equals(first));
        Assert.True(s_second.Equals(new BlockContent(first, null, s_tokens, s_hash)));
        Assert.True(s_second.Is(first, null, s_tokens.AsSpan()));
    }

    [Fact]
    public void A_chain_is_not_equal_to_a_shorter_or_a_longer_one()
    {
        Assert.False(s_first.Equals(s_second));
        Assert.False(s_second.Equals(s_first));
        Assert.False(s_first.Is(s_first, null, s_tokens.AsSpan()));
        Assert.False(s_second.Is(null, null, s_tokens.AsSpan()));
        Assert.False(s_first.Equals(null));
    }

    [Fact]
    public void A_chain_is_not_equal_to_one_of_other_tokens_or_another_salt()
    {
        ImmutableArray<TokenId> others = [new(1), new(3)];
        Assert.False(s_first.Equals(new BlockContent(null, null, others, s_hash)));
        Assert.False(s_first.Equals(new BlockContent(null, "", s_tokens, s_hash)));
        Assert.False(s_first.Is(null, null, others.AsSpan()));
        Assert.False(s_first.Is(null, "", s_tokens.AsSpan()));
    }

    // The second tokens are chosen so that both chains come to one hash.
    [Fact]
    public void Two_chains_of_one_hash_are_both_found_by_what_they_hold_and_neither_for_the_other()
    {
        TokenId[] mine = [new(1), new(2)], theirs = [new(3), new(4)], one = [new(5), new(6)];
        var edit = BlockPool.Create(8).Edit();
        var first = edit.Register(edit.Take(), null, null, mine);
        var other = edit.Register(edit.Take(), null, null, theirs);
        var two = Colliding(first, one, other);
        Assert.Equal(
            BlockHash.After(first.Hash, null, one), BlockHash.After(other.Hash, null, two));
        var (blockOfOne, blockOfTwo) = (edit.Take(), edit.Take());
        edit.Register(blockOfOne, first, null, one);
        Assert.Null(edit.Find(other, null, two));
        edit.Register(blockOfTwo, other, null, two);
        Assert.Equal(blockOfOne, edit.Find(first, null, one));
        Assert.Equal(blockOfTwo, edit.Find(other, null, two));
        Assert.Null(edit.Find(first, null, two));
    }

    // What is wrong here is slow and not wrong: nothing else would notice.
    [Fact]
    public void The_hash_depends_on_the_block_before_the_salt_and_every_token()
    {
        ImmutableArray<TokenId> tokens = [new(1), new(2), new(3)];
        var hashes = new List<BlockHash>
        {
            BlockHash.After(null, null, tokens.AsSpan()),
            BlockHash.After(new BlockHash(7), null, tokens.AsSpan()),
            BlockHash.After(new BlockHash(8), null, tokens.AsSpan()),
            BlockHash.After(null, "", tokens.AsSpan()),
            BlockHash.After(null, "salt", tokens.AsSpan()),
        };
        hashes.AddRange(Enumerable.Range(0, tokens.Length).Select(index => BlockHash.After(
            null, null, tokens.SetItem(index, new TokenId(9)).AsSpan())));
        Assert.Distinct(hashes);
    }

    [Fact]
    public void There_are_two_slots_of_the_index_for_each_block() =>
        Assert.All([1, 2, 3, 1000], blocks =>
            Assert.InRange(BlockPool.Create(blocks).Index.Count, 2 * blocks, 4 * blocks));

    private static TokenId[] Colliding(BlockContent first, TokenId[] one, BlockContent other)
    {
        var pair = MemoryMarshal.Cast<TokenId, ulong>(one)[0];
        ulong[] collides = [first.Hash.Value ^ pair ^ other.Hash.Value];
        return MemoryMarshal.Cast<ulong, TokenId>(collides).ToArray();
    }
}
