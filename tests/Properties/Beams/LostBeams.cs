using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>Beams that lose their blocks come back with them, or begin again.</summary>
public class LostBeams
{
    private static readonly SchedulerConfig s_config = new()
    {
        BlocksTotal = 10,
        BlockSize = 1,
        HostBlocksTotal = 10,
        MaxModelLength = 64,
        VocabularySize = Configs.Vocabulary,
        Watermark = 0,
        PreemptionMode = PreemptionMode.Swap,
    };

    private static readonly Command[] s_commands =
    [
        new Command.Submit(5, new Ending(4, 0, 0), Text: 1),
        new Command.Submit(1, new Ending(4, 0, 0), Text: 2)
        {
            Samples = 2,
            Beams = new BeamParams { Width = 2 },
        },
        .. Enumerable.Repeat(new Command.Advance(), 5),
    ];

    [Fact]
    public void They_move_to_the_host_together_and_go_on_where_they_were()
    {
        var last = Run(s_config);
        Assert.Equal(2, last.After.Waiting.Values.Count(beam => beam.IsSwapped));
        Assert.NotEmpty(last.Planned!.SwapOuts);
        Assert.Equal(Told(s_config with { BlocksTotal = 100 }), Told(s_config));
    }

    [Fact]
    public void They_begin_again_with_the_prompt_where_the_host_has_no_room()
    {
        var last = Run(s_config with { HostBlocksTotal = 0 });
        AssertBeginsAgain(last.After, preemptions: 1);
        Assert.Equal(
            Told(s_config with { BlocksTotal = 100 }), Told(s_config with { HostBlocksTotal = 0 }));
    }

    public static TheoryData<SchedulingPolicy> Policies =>
        [.. Enum.GetValues<SchedulingPolicy>()];

    [Theory, MemberData(nameof(Policies))]
    public void They_begin_again_with_the_prompt_where_the_step_failed_that_moved_them(
        SchedulingPolicy policy)
    {
        var config = s_config with { Policy = policy };
        var last = Run(config, new Command.Fail());
        AssertBeginsAgain(last.After, preemptions: 1);
        Assert.Equal(s_config.HostBlocksTotal, last.After.HostBlocks.FreeCount);
        Assert.Equal(
            Told(s_config with { BlocksTotal = 100 }), Told(config, new Command.Fail()));
    }

    private static void AssertBeginsAgain(SchedulerState state, int preemptions)
    {
        var waits = Assert.Single(state.Waiting.Values);
        Assert.Equal(waits.Request.Prompt, waits.Tokens.Span.ToArray());
        Assert.Equal((2, preemptions), (waits.Width, waits.Preemptions));
        Assert.Empty(Invariants.Check(s_config, state));
    }

    // The last transition before the executor goes on alone.
    private static Transition Run(SchedulerConfig config, params Command[] then)
    {
        Command[] commands = [.. s_commands, .. then];
        var trace = Driver.Run(new Workload(config, [.. commands]));
        return trace.Items[commands.Length - 1];
    }

    // What is told of the search.
    private static List<string> Told(SchedulerConfig config, params Command[] then) =>
    [
        .. Driver.Run(new Workload(config, [.. s_commands, .. then])).Items
            .SelectMany(transition => transition.Decisions)
            .Where(decision => decision is Decision.Emit { Id.Value: 1 }
                or Decision.Finish { Id.Value: 1 })
            .Select(decision => decision is Decision.Finish end
                ? $"{end.Sample} {end.Reason} {end.Usage.OutputTokens}"
                : Show.Decision(decision)),
    ];
}
