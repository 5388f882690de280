using SkPaged.Engine.Cuda.Memory;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Memory;

public class MemoryProfileTests
{
    // 16 tokens a block, 1,000 bytes a block, sequences of 160 tokens: 10 blocks.
    private static readonly MemoryProfile _profile = new(
        BytesFree: 1_000_000, Fraction: 0.25, BytesPerBlock: 1000, BlockSize: 16, LengthMax: 160,
        SequencesMax: 256);

    [Fact]
    public void A_quarter_of_what_is_free_becomes_blocks() => Assert.Equal(250, _profile.Blocks());

    [Fact]
    public void There_are_no_more_blocks_than_all_sequences_can_use() =>
        Assert.Equal(30, (_profile with { SequencesMax = 3 }).Blocks());

    [Fact]
    public void There_are_blocks_for_one_sequence_even_beyond_the_share() =>
        Assert.Equal(10, (_profile with { BytesFree = 12_000 }).Blocks());

    [Fact]
    public void If_one_sequence_does_not_fit_the_error_has_the_numbers()
    {
        var error = Assert.Throws<KvCacheTooSmallException>(
            () => (_profile with { BytesFree = 9_999 }).Blocks());
        Assert.Equal(
            "One sequence of 160 tokens needs 10 blocks of 16 tokens, 10,000 bytes in all; "
            + "9,999 bytes are free. At most 144 tokens fit: lower MaxModelLength, or give "
            + "KvBlocks.",
            error.Message);
        Assert.Equal((10_000, 9_999), (error.BytesNeeded, error.BytesFree));
    }

    [Fact]
    public void Where_the_share_is_strict_no_sequence_goes_beyond_it_and_the_error_has_all_numbers()
    {
        var strict = _profile with
        {
            BytesFree = 10_000,
            Fraction = 0.9,
            WeightBytes = 70_000,
            ActivationBytes = 3_000,
            StrictOption = "GpuMemoryUtilization",
        };
        var error = Assert.Throws<KvCacheTooSmallException>(() => strict.Blocks());
        Assert.Equal(
            "One sequence of 160 tokens needs 10 blocks of 16 tokens, 10,000 bytes in all; "
            + "10,000 bytes are free beside 70,000 of weights and 3,000 of activations, 9,000 of "
            + "them by GpuMemoryUtilization 0.9. At most 144 tokens fit: lower MaxModelLength, or "
            + "give KvBlocks.",
            error.Message);
        Assert.Equal(
            (10_000, 10_000, 70_000, 3_000, 144),
            (error.BytesNeeded, error.BytesFree, error.WeightBytes, error.ActivationBytes,
                error.LengthFits));
        Assert.Equal(9, (strict with { LengthMax = 144 }).Blocks());
        Assert.Equal(10, strict.Blocks(10));
        Assert.Equal(
            "KvBlocks is 11: with 1,000 bytes a block that is 11,000 bytes; 10,000 bytes are free "
            + "beside 70,000 of weights and 3,000 of activations.",
            Assert.Throws<KvCacheTooSmallException>(() => strict.Blocks(11)).Message);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(-5)]
    public void Where_not_one_block_fits_no_length_is_offered(long free)
    {
        var error = Assert.Throws<KvCacheTooSmallException>(
            () => (_profile with { BytesFree = free }).Blocks());
        Assert.EndsWith("Not even one block fits.", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, error.LengthFits);
    }

    [Fact]
    public void Given_blocks_are_taken_if_they_fit()
    {
        Assert.Equal(1000, _profile.Blocks(1000));
        var error = Assert.Throws<KvCacheTooSmallException>(() => _profile.Blocks(1001));
        Assert.Equal(
            "KvBlocks is 1,001: with 1,000 bytes a block that is 1,001,000 bytes; "
            + "1,000,000 bytes are free.",
            error.Message);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 1)]
    [InlineData(2999, 2)]
    [InlineData(50_000, 50)]
    public void The_hosts_bytes_become_whole_blocks(long bytes, int blocks) =>
        Assert.Equal(blocks, HostProfile.Blocks(bytes, bytesPerBlock: 1000, bytesFree: 50_000));

    [Fact]
    public void The_hosts_bytes_are_refused_if_they_hold_no_block_or_are_not_there()
    {
        Assert.Equal(
            "HostCacheBytes is 999; it must be 0 (none), or at least 1000, the bytes of a block.",
            Assert.Throws<EngineConfigException>(() => HostProfile.Blocks(999, 1000, 50_000))
                .Message);
        var error = Assert.Throws<HostCacheTooLargeException>(
            () => HostProfile.Blocks(50_001, 1000, 50_000));
        Assert.Equal(
            "HostCacheBytes is 50,001; 50,000 bytes of the host's memory are free.",
            error.Message);
        Assert.Equal((50_001, 50_000), (error.BytesNeeded, error.BytesFree));
        Assert.Equal(
            0,
            Assert.Throws<HostCacheTooLargeException>(() => HostProfile.Blocks(1000, 1000, -5))
                .BytesFree);
    }

    [Fact]
    public void Available_memory_is_read_as_linux_writes_it()
    {
        Assert.Equal(2048L * 1024, FreeMemory.AvailableIn(
            ["MemTotal:  4096 kB", "MemAvailable:   2048 kB", "Buffers: 1 kB"]));
        Assert.Null(FreeMemory.AvailableIn(["MemTotal:  4096 kB"]));
        Assert.InRange(FreeMemory.OnHost(), 1, long.MaxValue);
    }

    [Fact]
    public void Hardware_threads_of_one_core_count_once()
    {
        using var folder = new TemporaryFolder();
        foreach (
            var (cpu, siblings) in (ReadOnlySpan<(int, string)>)[(0, "0,2"), (1, "1,3"),
                (2, "0,2"), (3, "1,3")])
        {
            Directory.CreateDirectory(folder[$"cpu{cpu}/topology"]);
            File.WriteAllText(folder[$"cpu{cpu}/topology/thread_siblings_list"], siblings + "\n");
        }
        Assert.Equal(2, CpuCores.SiblingGroups(folder.Path));
        Assert.InRange(CpuCores.Physical(), 1, Environment.ProcessorCount);
    }
}
