using LanguageExt;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>The scheduler is a function and its state a value.</summary>
public static class ValueLaws
{
    [Law]
    public static void Every_event_has_an_answer_in_every_state(Workload workload) =>
        Assert.Null(Record.Exception(() => Driver.Run(workload)));

    [Law]
    public static void The_same_events_give_the_same_states_and_decisions(Trace trace) =>
        Assert.Equal(Texts(trace), Replay(trace));

    [Law]
    public static void The_same_events_give_the_same_states_and_decisions_on_another_thread(
        Trace trace)
    {
        List<string> replayed = [];
        var thread = new Thread(() => replayed = Replay(trace));
        thread.Start();
        thread.Join();
        Assert.Equal(Texts(trace), replayed);
    }

    [Law]
    public static void No_later_event_changes_an_earlier_state(Trace trace)
    {
        var (state, states) = (trace.First, new List<SchedulerState>());
        var then = new List<string>();
        foreach (var evt in trace.Events)
        {
            states.Add(state);
            then.Add(Show.State(state));
            state = trace.Step(trace.Config, state, evt).State;
        }

        Assert.Equal(then, states.Select(Show.State));
    }

    // Both futures append to the same token logs and take from the same free queue.
    [Law]
    public static void Two_futures_of_one_state_do_not_see_each_other(Trace trace)
    {
        var moment = trace.Items.Length / 2;
        if (moment == 0)
            return;
        var fork = trace.Items[moment].Before;
        var events = trace.Items[moment..].Select(transition => transition.Event).ToList();
        var other = Fold(trace, fork, events.Select(Changed));
        var again = Fold(trace, fork, events);
        Assert.Equal(other, Fold(trace, fork, events.Select(Changed)));
        Assert.Equal(Texts(trace)[moment..], again);
    }

    [Law]
    public static void The_statistics_are_what_a_recount_gives(Trace trace)
    {
        var plans = trace.Items.Where(each => each.Planned is not null).ToList();
        var rows = plans.SelectMany(each => Rows(each.Planned!)).ToList();
        var decoded = rows.Where(row => row.Drawn > 0 && row.Pending == 1).Sum(row => row.Tokens);
        var expected = new SchedulerStats
        {
            Steps = plans.Count,
            DecodeTokens = decoded,
            PrefillTokens = rows.Sum(row => row.Tokens) - decoded,
            Preemptions = plans.Sum(each => each.Planned!.Preempted.Length),
            Swaps = plans.Sum(Swaps),
            BlocksSwappedOut = plans.Sum(each => each.Planned!.SwapOuts.Length),
            BlocksSwappedIn = plans.Sum(each => each.Planned!.SwapIns.Length),
            Copies = plans.Sum(each => each.Planned!.Copies.Length),
            PeakBlocksLive = trace.Items
                .Select(each => each.After.Blocks.LiveCount)
                .Append(0)
                .Max(),
            CachedTokens = plans
                .SelectMany(each => each.Admitted)
                .Sum(newcomer => newcomer.ComputedTokens),
            Evictions = trace.Items.Sum(Evicted),
            TokenSteps = plans.Sum(each => Filled(each.After, trace.Config.BlockSize)),
            SlotSteps = plans.Sum(each => each.After.Running
                .SelectMany(sequence => sequence.Blocks.Blocks.ToArray())
                .Distinct()
                .Count() * trace.Config.BlockSize),
        };
        Assert.Equal(expected, trace.Last.Stats);
        Assert.InRange(trace.Last.Stats.KvUtilisation, 1d / trace.Config.BlockSize, 1);
    }

    [Law]
    public static void The_invariants_hold_after_every_event(Transitions transitions) =>
        transitions.Each(transition =>
            Assert.Empty(Invariants.Check(transition.Config, transition.After)));

    private static List<string> Texts(Trace trace) =>
        [.. trace.Items.Select(each => Text(each.After, each.Decisions))];

    private static List<string> Replay(Trace trace) =>
        Fold(trace, trace.First, trace.Events);

    private static List<string> Fold(
        Trace trace, SchedulerState state, IEnumerable<Event> events)
    {
        var texts = new List<string>();
        foreach (var evt in events)
        {
            (state, var decisions) = trace.Step(trace.Config, state, evt);
            texts.Add(Text(state, decisions));
        }

        return texts;
    }

    private static string Text(SchedulerState state, Seq<Decision> decisions) =>
        $"{Show.Decisions(decisions)}{Environment.NewLine}{Show.State(state)}";

    // The same step with other tokens: a different future of the same past.
    private static Event Changed(Event evt) =>
        evt is Event.StepCompleted({ Samples.IsDefault: false } result)
            ? new Event.StepCompleted(result with
            {
                Samples = [.. result.Samples.Select(_ => new SampledToken(new TokenId(15)))],
            })
            : evt;

    // The samples of a request move together; those of one that runs alone one by one.
    private static int Swaps(Transition transition) =>
        transition.Preempted
            .Where(victim => transition.Waits(victim).IsSwapped)
            .GroupBy(victim => victim.Request.Id)
            .Sum(victims => transition.After.Running.Any(each =>
                each.Request.Id == victims.Key) ? victims.Count() : 1);

    // Blocks that cached something and do not any more.
    private static int Evicted(Transition transition) =>
        Enumerable.Range(0, transition.Config.BlocksTotal)
            .Select(id => new BlockId(id))
            .Count(block => transition.Before.Blocks.Content(block) is not null
                && transition.After.Blocks.Content(block) is null);

    // Slots that hold a token once the step in flight has run.
    private static long Filled(SchedulerState state, int blockSize) =>
        state.Running
            .SelectMany(sequence => Enumerable
                .Range(0, sequence.ComputedTokens + state.TokensPlanned(sequence.Id))
                .Select(position => (
                    sequence.Blocks[position / blockSize], position % blockSize)))
            .Distinct()
            .Count();

    private static IEnumerable<(int Tokens, int Pending, int Drawn)> Rows(StepPlan plan) =>
        Enumerable.Range(0, plan.Rows).Select(row => (
            plan.TokenCounts[row],
            plan.Pending(row),
            plan.Length(row) - plan.PromptCounts[row]));
}
