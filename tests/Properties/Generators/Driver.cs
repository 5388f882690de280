using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>
/// Closes the loop around a scheduler: turns commands into events that fit the state, and answers
/// each plan as the deterministic model would.
/// </summary>
public static class Driver
{
    /// <summary>Runs a workload on the real scheduler.</summary>
    public static Trace Run(Workload workload) => Run(workload, Scheduler.Step);

    /// <summary>Runs a workload to its end.</summary>
    public static Trace Run(Workload workload, StepFunction step) =>
        new(workload, step, [.. Play(workload, step)]);

    /// <summary>Runs a workload up to where the scheduler throws, if it does.</summary>
    public static Trace RunWhileItGoes(Workload workload, StepFunction step)
    {
        var played = new List<Transition>();
        try
        {
            foreach (var transition in Play(workload, step))
                played.Add(transition);
        }
#pragma warning disable CA1031 // any exception ends it
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        return new Trace(workload, step, [.. played]);
    }

    /// <summary>
    /// The transitions of a workload one by one: one for each command, then those of the
    /// executor until nothing is unfinished or in flight, or more events have gone by than this
    /// may take.
    /// </summary>
    public static IEnumerable<Transition> Play(Workload workload, StepFunction step) =>
        Play(workload, step, SchedulerState.Initial(workload.Config), first: 0);

    /// <summary>
    /// The same from <paramref name="state"/> on, as if <paramref name="first"/> events had led
    /// there.
    /// </summary>
    public static IEnumerable<Transition> Play(
        Workload workload, StepFunction step, SchedulerState state, int first)
    {
        var (config, eventsMax) = (workload.Config, int.MaxValue);
        for (var played = 0; played < eventsMax; played++)
        {
            var drains = played >= workload.Commands.Length;
            if (played == workload.Commands.Length)
                eventsMax = played + EventsAtMost(config, state);
            if (drains && state.InFlight is null && !state.Unfinished().Any())
                yield break;
            var command = drains ? new Command.Advance() : workload.Commands[played];
            var evt = EventOf(config, state, command, first + played);
            var (next, decisions) = step(config, state, evt);
            yield return new Transition(first + played, config, state, evt, decisions, next);
            state = next;
        }
    }

    /// <summary>
    /// Steps in which all that is unfinished must finish, if nothing else happens. Each step
    /// computes at least one token of the first of those running, which does not give way as long
    /// as it is the first; so there is at most one step for each token that a sequence may ever
    /// have, again for each newcomer that may start ahead of it, and one in flight. Of steps that
    /// are planned ahead every other may be without the first, which draws its last token or
    /// forks; and one may be for nothing, behind each stop.
    /// </summary>
    public static int StepsAtMost(SchedulerConfig config, SchedulerState state)
    {
        var surplus = config.LookAhead ? 1 : 0;
        var steps = 1 + state.Unfinished().Sum(sequence =>
            sequence.Width * (surplus + LengthMax(config, sequence.Request))
            * (1 + state.Waiting.Values.Count(waiting =>
                Order.MayOvertake(config, waiting, sequence))));
        return config.LookAhead ? 2 * steps : steps;
    }

    /// <summary>
    /// Events of the executor in which these steps must be over: for each it wants a step, perhaps
    /// twice in vain, and answers.
    /// </summary>
    public static int EventsAtMost(SchedulerConfig config, SchedulerState state) =>
        (config.LookAhead ? 4 : 2) * StepsAtMost(config, state) + 2;

    /// <summary>The most tokens that a request's sequence can come to.</summary>
    public static int LengthMax(SchedulerConfig config, Request request) =>
        (int)Math.Min(
            Requests.LengthMax(config, request),
            (long)request.Prompt.Length + request.Stop.MaxTokens);

    /// <summary>What a command means at the <paramref name="index"/>th event of a trace.</summary>
    public static Event EventOf(
        SchedulerConfig config, SchedulerState state, Command command, int index) =>
        command switch
        {
            Command.Submit submit => Requests.Of(config, index, submit),
            Command.SubmitFlawed submit => Requests.Flawed(config, index, submit),
            Command.SubmitAgain again => Requests.Of(
                config,
                again.Nth % (index + 1),
                new Command.Submit(again.PromptTokens, new Ending(4, 0, 0), again.Nth)),
            Command.Cancel cancel => Cancel(state, cancel),
            Command.CancelUnknown cancel => new Event.Cancelled(
                Unknown(state, cancel.Nth % (index + 1)), FinishReason.Abort),
            Command.Advance => state.InFlight is { } plan && !WantsAhead(config, state, index)
                ? Complete(config, state, plan, plan.Id)
                : new Event.StepWanted(),
            Command.WantStep => new Event.StepWanted(),
            Command.Fail => new Event.StepFailed(
                state.InFlight?.Id ?? state.NextStep, "as generated"),
            Command.Miscount miscount => Miscount(config, state, miscount.Excess),
            Command.Stale stale => Stale(config, state, stale),
            _ => throw new ArgumentException($"{command} has no event.", nameof(command)),
        };

    private static Event.Cancelled Cancel(SchedulerState state, Command.Cancel cancel)
    {
        var unfinished = state.Unfinished().ToList();
        if (unfinished.Count == 0)
            return new Event.Cancelled(new RequestId(-1), cancel.Reason);
        var sequence = unfinished[cancel.Nth % unfinished.Count];
        return new Event.Cancelled(sequence.Request.Id, cancel.Reason)
        {
            Sample = cancel.IsAlone ? sequence.Sample : null,
        };
    }

    private static RequestId Unknown(SchedulerState state, int id) =>
        state.Unfinished().Any(sequence => sequence.Request.Id.Value == id)
            ? new RequestId(-1)
            : new RequestId(id);

    // Two times of three, so that steps are also planned behind none.
    private static bool WantsAhead(SchedulerConfig config, SchedulerState state, int index) =>
        config.LookAhead && state.Ahead is null && index % 3 != 0;

    private static Event.StepCompleted Complete(
        SchedulerConfig config, SchedulerState state, StepPlan plan, StepId step) =>
        new(new StepResult(step, TokenFunction.Answer(state, plan, config.VocabularySize)));

    private static Event.StepCompleted Miscount(
        SchedulerConfig config, SchedulerState state, int excess)
    {
        ImmutableArray<SampledToken> samples = state.InFlight is { } plan
            ? TokenFunction.Answer(state, plan, config.VocabularySize)
            : [];
        return new Event.StepCompleted(new StepResult(
            state.InFlight?.Id ?? state.NextStep,
            excess > 0 ? samples.Add(new SampledToken(new TokenId(0)))
            : samples.IsEmpty ? default
            : samples.RemoveAt(samples.Length - 1)));
    }

    private static Event Stale(
        SchedulerConfig config, SchedulerState state, Command.Stale stale)
    {
        var step = new StepId((state.InFlight?.Id ?? state.NextStep).Value + stale.Away);
        return stale.Failed ? new Event.StepFailed(step, "as generated, too late")
            : state.InFlight is { } plan ? Complete(config, state, plan, step)
            : new Event.StepCompleted(new StepResult(step, []));
    }
}
