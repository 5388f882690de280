using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>A pool, those it came from, and those that come of it (ADR 17).</summary>
public class PoolVersions
{
    private static readonly TokenId[] s_tokens = [new(1), new(2)];

    [Fact]
    public void There_is_no_pool_of_fewer_blocks_than_none()
    {
        Assert.Equal(0, BlockPool.Create(0).TotalCount);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => BlockPool.Create(-1));
        Assert.Equal("blocks", error.ParamName);
    }

    [Fact]
    public void A_retired_pool_says_so_in_its_blocks_and_its_index_and_the_next_one_is_whole()
    {
        var old = BlockPool.Create(4);
        var (next, block) = Filled(old);
        old.RetireFor(next);
        var ofBlocks = Assert.Throws<InvalidOperationException>(() => old.ReferenceCount(block));
        Assert.Equal("This version was retired.", ofBlocks.Message);
        Assert.Throws<InvalidOperationException>(() => old.Find(null, null, s_tokens));
        Assert.Throws<InvalidOperationException>(() => old.Index[0]);
        Assert.Equal(4, old.FreeCount);
        Assert.Equal(1, next.ReferenceCount(block));
        Assert.Equal(block, next.Find(null, null, s_tokens));
    }

    [Fact]
    public void What_an_abandoned_edit_did_is_seen_by_nobody()
    {
        var pool = BlockPool.Create(4);
        var edit = pool.Edit();
        var block = edit.Take();
        edit.Register(block, null, null, s_tokens);
        edit.Abandon();
        Assert.Equal(0, pool.ReferenceCount(block));
        Assert.Null(pool.Find(null, null, s_tokens));
        var (next, again) = Filled(pool);
        Assert.Equal(block, again);
        Assert.Equal(1, next.ReferenceCount(block));
        Assert.Equal(0, pool.ReferenceCount(block));
        Assert.Null(pool.Find(null, null, s_tokens));
    }

    private static (BlockPool Pool, BlockId Block) Filled(BlockPool pool)
    {
        var edit = pool.Edit();
        var block = edit.Take();
        edit.Register(block, null, null, s_tokens);
        return (edit.Freeze(), block);
    }
}
