using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Model;

/// <summary>The scheduler against an engine too simple to be wrong.</summary>
public static class ModelLaws
{
    [Law]
    public static void The_naive_engine_makes_the_same_decisions(Trace trace)
    {
        var naive = new NaiveEngine(trace.Config);
        foreach (var transition in trace.Items)
        {
            var expected = naive.Step(transition.Event).Select(Show.Decision);
            Assert.Equal(expected, transition.Decisions.Select(Show.Decision));
        }
    }
}
