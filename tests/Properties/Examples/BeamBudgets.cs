using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Beams draw together, in a step whose budget just holds them.</summary>
public class BeamBudgets
{
    private const int Width = 2;

    private static readonly Command.Submit s_search = new(1, new Ending(4, 0, 0), Text: 1)
    {
        Beams = new BeamParams { Width = Width },
    };

    [Fact]
    public void A_budget_of_as_many_tokens_as_there_are_beams_is_enough()
    {
        var trace = Driver.Run(new Workload(Config(Width), [s_search]));
        Assert.Empty(trace.Last.Unfinished());
        Assert.Contains(trace.Items, each => each.Planned?.Rows == Width);
    }

    [Fact]
    public void Beams_behind_another_sequence_draw_with_it_where_the_budget_holds_all()
    {
        var first = new Command.Submit(1, new Ending(8, 0, 0), Text: 2);
        var trace = Driver.Run(new Workload(Config(1 + Width), [first, s_search]));
        Assert.Contains(trace.Items, each => each.Planned?.Rows == 1 + Width);
    }

    private static SchedulerConfig Config(int tokens) =>
        new()
        {
            BlocksTotal = 32,
            BlockSize = 1,
            MaxModelLength = 32,
            MaxBatchedTokens = tokens,
            VocabularySize = Configs.Vocabulary,
        };
}
