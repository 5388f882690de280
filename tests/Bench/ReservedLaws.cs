using SkPaged.Bench.Paper;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Bench.Tests;

/// <summary>What holds of every plan of a baseline, whatever is asked for.</summary>
public class ReservedLaws
{
    private static readonly Preset s_preset = Preset.Opt66B;

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (var system in ServingSystem.All.Skip(1))
        {
            cases.Add(system.Name, 1, 0);
            cases.Add(system.Name, 3, 0);
            cases.Add(system.Name, 1, 4);
        }

        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Sequences_write_to_chunks_of_their_own_and_all_get_their_tokens(
        string name, int samples, int beams)
    {
        var work = Workload.ShareGpt with { Samples = samples, Beams = beams };
        var trace = work.Burst(25);
        var executor = new SimulatedExecutor(Preset.Opt66B.Cost, ServingSystem.Vocabulary);
        var run = Drive.Run(SystemOf(name).Start(s_preset), trace, plan =>
        {
            Check(plan);
            return executor.Execute(plan);
        });
        Assert.True(run.IsWhole);
        Assert.Equal(
            trace.Sum(one => (long)one.Request.Stop.MaxTokens * one.Request.Samples),
            run.OutputTokens);
    }

    [Fact]
    public void All_blocks_are_free_when_all_requests_are_over_or_gave_up()
    {
        IServing serving = SystemOf("Orca (Pow2)").Start(s_preset);
        var executor = new SimulatedExecutor(Preset.Opt66B.Cost, ServingSystem.Vocabulary);
        foreach (var arrival in Workload.ShareGpt.Burst(24))
            serving = serving.Step(new Event.Submitted(arrival.Request)).Next;
        for (var step = 0; step < 12; step++)
        {
            (serving, var decisions) = serving.Step(new Event.StepWanted());
            var leaves = new Event.Cancelled(new RequestId(step), FinishReason.Abort);
            serving = serving.Step(leaves).Next;
            foreach (var ran in decisions.OfType<Decision.RunStep>())
            {
                var result = executor.Execute(ran.Plan).Result;
                serving = serving.Step(new Event.StepCompleted(result)).Next;
            }
        }

        (serving, var last) = serving.Step(new Event.StepWanted());
        var plan = last.OfType<Decision.RunStep>().Single().Plan;
        var (failed, ends) = serving.Step(new Event.StepFailed(plan.Id, "by the test"));
        Assert.All(
            ends.OfType<Decision.Finish>(), end => Assert.Equal(FinishReason.Error, end.Reason));
        var idle = (ReservedServing)failed;
        Assert.Empty(idle.Running);
        Assert.NotEmpty(ends);
        Assert.Equal(idle.Region.Total, idle.Region.Free);
    }

    [Fact]
    public void A_sequence_that_no_region_can_hold_is_rejected_with_the_numbers()
    {
        var serving = SystemOf("Orca (Max)").Start(s_preset with { Slots = 1000 });
        var (_, decisions) = serving.Step(
            new Event.Submitted(Workload.Alpaca.Burst(1)[0].Request));
        var reject = Assert.IsType<Decision.Reject>(Assert.Single(decisions));
        Assert.IsType<Rejection.PromptExceedsPool>(reject.Why);
    }

    [Fact]
    public void A_static_batch_runs_to_its_end_before_the_next_begins()
    {
        HashSet<SequenceId> batch = [];
        var executor = new SimulatedExecutor(Preset.Opt66B.Cost, ServingSystem.Vocabulary);
        var run = Drive.Run(
            SystemOf("FasterTransformer").Start(s_preset), Workload.ShareGpt.Burst(20), plan =>
            {
                if (plan.FirstPositions.All(first => first == 0))
                    batch = [.. plan.Sequences];
                Assert.Subset(batch, plan.Sequences.ToHashSet());
                return executor.Execute(plan);
            });
        Assert.True(run.IsWhole);
    }

    private static ServingSystem SystemOf(string name) =>
        ServingSystem.All.Single(system => system.Name == name);

    private static void Check(StepPlan plan)
    {
        Assert.InRange(plan.TokensTotal, 1, ServingSystem.TokensMax);
        Assert.InRange(plan.Rows, 1, s_preset.SequencesMax);
        var blocks = plan.BlockTables.SelectMany(table => table.Blocks.ToArray()).ToList();
        Assert.Equal(blocks.Count, blocks.Distinct().Count());
        Assert.Equal(
            plan.Copies.Length, plan.Copies.Select(copy => copy.To).Distinct().Count());
        Assert.Empty(plan.Copies.Select(copy => copy.To).Intersect(
            plan.Copies.Select(copy => copy.From)));
        for (var row = 0; row < plan.Rows; row++)
        {
            var table = plan.BlockTables[row].Blocks;
            for (var index = 1; index < table.Length; index++)
                Assert.Equal(table[0].Value + index, table[index].Value);
            Assert.True(plan.FirstPositions[row] + plan.TokenCounts[row] - 1
                < table.Length * plan.BlockSize);
        }
    }
}
