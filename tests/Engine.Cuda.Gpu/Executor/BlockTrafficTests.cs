using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// Blocks that a plan copies and swaps, over pinned memory of the host, hold what they held:
/// logits are bit for bit those of sequences whose blocks stay where they are.
/// </summary>
public class BlockTrafficTests
{
    private const int BlockSize = 8, HostBlocks = 12;

    public static TheoryData<Runner, string, ScalarType> Cases()
    {
        var cases = new TheoryData<Runner, string, ScalarType>();
        foreach (var runner in Enum.GetValues<Runner>())
            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
                foreach (var model in (string[])["qwen3", "llama3-rope", "qwen2"])
                    cases.Add(runner, model, dtype);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Forks_that_copy_on_write_continue_as_sequences_of_their_own(
        Runner runner, string model, ScalarType dtype)
    {
        using var engine = Open(runner, model, dtype);
        foreach (var length in (int[])[16, 17, 23])
        {
            var alone = Enumerable.Range(0, 3)
                .Select(id => Prefilled(engine, Prompt(length), id)).ToArray();
            var expected = Continue(engine, alone, []);
            var parent = Prefilled(engine, Prompt(length), 0);
            var copies = new List<BlockCopy>();
            TestSequence[] group = [parent, parent.Fork(1, copies), parent.Fork(2, copies)];
            Assert.Equal(length % BlockSize == 0 ? 0 : 2, copies.Count);
            Assert.Equal(expected, Continue(engine, group, [.. copies]));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_sequence_comes_back_from_the_host_as_it_went(
        Runner runner, string model, ScalarType dtype)
    {
        using var engine = Open(runner, model, dtype);
        var expected = Continue(engine, [Prefilled(engine, Prompt(30), 0)], []);
        var swapped = Prefilled(engine, Prompt(30), 0);
        var left = swapped.Table.Blocks.ToArray();
        HostBlockId[] hosts = [new(11), new(2), new(3), new(0)];
        // While it is away another sequence, of one block more, writes to its blocks.
        var other = engine.Numbered(1, Prompt(40, first: 200));
        var plan = TestPlan.Of(BlockSize, TestRow.Rest(other));
        engine.Step(plan with
        {
            BlockTables = [BlockTable.Empty.Append([.. left, .. other.Table.Blocks[..1]])],
            SwapOuts = [.. left.Zip(hosts, (block, host) => new BlockSwap(block, host))],
        });
        BlockId[] back = [.. other.Table.Blocks[..3], left[1]];
        swapped.MoveTo(back);
        var swapIns = back.Zip(hosts, (block, host) => new BlockSwap(block, host));
        Assert.Equal(expected, Continue(engine, [swapped], [], [.. swapIns]));
    }

    [SkippableTheory]
    [InlineData(Runner.Kernels)]
    [InlineData(Runner.Torch)]
    public void First_blocks_leave_then_others_come_then_copies_are_made(Runner runner)
    {
        using var engine = Open(runner, "qwen3", ScalarType.Float32);
        var alone = Enumerable.Range(0, 2)
            .Select(id => Prefilled(engine, Prompt(12), id)).ToArray();
        var expected = Continue(engine, alone, []);
        var group = Prefilled(engine, Prompt(12), 0);
        var (full, rest, copy) = (group.Table[0], group.Table[1], engine.Blocks.Take());
        group.MoveTo([rest, full]);
        var fork = group.Fork(1, []);
        fork.MoveTo([rest, copy]);
        BlockSwap[] outs = [new(full, new(1)), new(rest, new(7))];
        BlockSwap[] ins = [new(full, new(7)), new(rest, new(1))];
        Assert.Equal(
            expected, Continue(engine, [group, fork], [new(full, copy)], [.. ins], [.. outs]));
    }

    [SkippableFact]
    public void A_plan_that_is_wrong_anywhere_changes_nothing()
    {
        using var engine = Open(Runner.Kernels, "qwen3", ScalarType.Float32);
        var expected = Continue(engine, [Prefilled(engine, Prompt(30), 0)], []);
        var sequence = Prefilled(engine, Prompt(30), 0);
        var other = Prefilled(engine, Prompt(30, first: 300), 1);
        var plan = TestPlan.Of(BlockSize, TestRow.Rest(engine.Numbered(2, Prompt(3)))) with
        {
            Copies = [new(other.Table[0], sequence.Table[0])],
        };
        var blocks = 16 * (512 / BlockSize + 1);
        foreach (var (wrong, problem) in ((StepPlan, string)[])
        [
            (plan with { Copies = [.. plan.Copies, new(new(0), new(blocks))] },
                $"block {blocks} is outside the cache of {blocks}."),
            (plan with { SwapIns = [new(new(0), new(HostBlocks))] },
                "host block 12 is outside the host's pool of 12."),
            (plan with { BlockTables = [BlockTable.Empty.Append([new(blocks)])] },
                $"block {blocks} is outside the cache of {blocks}."),
            (plan with { TokenLogs = [AppendLog<TokenId>.From([new(1), new(512), new(1)])] },
                "token 512 is outside the vocabulary of 512."),
        ])
            Assert.Equal(
                problem, Assert.Throws<ArgumentException>(() => engine.Execute(wrong)).Message);
        Assert.Equal(expected, Continue(engine, [sequence], []));
    }

    private static GpuModel Open(Runner runner, string model, ScalarType dtype) =>
        GpuModel.Reference(runner, model, dtype, BlockSize, HostBlocks);

    private static int[] Prompt(int length, int first = 5) =>
        [.. Enumerable.Range(first, length)];

    private static TestSequence Prefilled(GpuModel engine, int[] prompt, long id)
    {
        var sequence = engine.Numbered(id, prompt);
        engine.Step(TestRow.Rest(sequence));
        return sequence;
    }

    private static List<float[]> Continue(
        GpuModel engine, TestSequence[] sequences, ImmutableArray<BlockCopy> copies,
        ImmutableArray<BlockSwap>? swapIns = null, ImmutableArray<BlockSwap>? swapOuts = null) =>
        MovedBlocks.Continue(
            plan => engine.Step(plan).Logits, BlockSize, sequences, copies, swapIns, swapOuts);
}
