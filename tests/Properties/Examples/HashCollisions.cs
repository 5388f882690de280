using System.Collections.Immutable;
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
}
