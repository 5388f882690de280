using System.Text;
using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>
/// Values as text that holds all their content: equal texts mean equal values, which record
/// equality cannot tell where arrays and logs compare by reference.
/// </summary>
public static class Show
{
    public static string Config(SchedulerConfig config) =>
        $"{config.BlocksTotal} blocks of {config.BlockSize}, model {config.MaxModelLength}, "
        + $"vocabulary {config.VocabularySize}, {config.MaxSequences} sequences, "
        + $"budget {config.MaxBatchedTokens}, threshold {config.LongPrefillThreshold}, "
        + $"watermark {config.Watermark}, {config.MaxWaiting} may wait"
        + (config.PrefixCaching ? ", prefixes are cached" : "")
        + (config.LookAhead ? ", steps are planned ahead" : "")
        + (config.HostBlocksTotal > 0
            ? $", {config.HostBlocksTotal} host blocks, {config.PreemptionMode} "
                + $"at {config.SwapCostPerBlock} a block"
            : "")
        + (config.Policy == SchedulingPolicy.FirstComeFirstServed ? "" : $", {config.Policy}")
        + (config.Policy == SchedulingPolicy.FairShare
            ? $" {config.PromptTokenWeight}:{config.OutputTokenWeight}"
            : "");

    public static string Event(Event evt) =>
        evt switch
        {
            Event.Submitted(var request) => $"Submitted {Request(request)}",
            Event.StepCompleted(var result) => $"Completed {result.Step}"
                + (result.Samples.IsDefault ? " without" : $" {Tokens(result.Samples)}"),
            _ => evt.ToString(),
        };

    public static string Decision(Decision decision) =>
        decision switch
        {
            Decision.RunStep(var plan) => $"Run {Plan(plan)}",
            Decision.Emit(var id, var token) emit =>
                $"Emit {id}.{emit.Sample}: {Tokens([token])}",
            Decision.Finish(var id, var reason, var usage) end =>
                $"Finish {id}.{end.Sample}: {reason} {usage}"
                + (end.Logprob is { } sum ? $", log probability {sum:F3}" : ""),
            Decision.Choose(var id, var samples) =>
                $"Choose of {id}: {string.Join(' ', samples)}",
            Decision.Reject(var id, var why) => $"Reject {id}: {why.GetType().Name} {why.Message}",
            _ => decision.ToString(),
        };

    public static string Decisions(Seq<Decision> decisions) =>
        string.Join(Environment.NewLine, decisions.Select(Decision));

    public static string Plan(StepPlan plan)
    {
        var text = new StringBuilder($"{plan.Id} of block size {plan.BlockSize}");
        for (var row = 0; row < plan.Rows; row++)
        {
            text.Append($" [{plan.Sequences[row].Value}: {plan.FirstPositions[row]}")
                .Append($"+{plan.TokenCounts[row]} of {Tokens(plan.TokenLogs[row].Span)}")
                .Append($" prompt {plan.PromptCounts[row]}")
                .Append($" in {Table(plan.BlockTables[row])}")
                .Append(plan.Awaits(row) ? $" awaits {plan.Awaited[row]}" : "")
                .Append(plan.Samples(row) ? $" draws {Sampling(plan.Samplings[row]!)}" : "")
                .Append($" {plan.Draws[row].First}+{plan.Draws[row].Count}")
                .Append($" not {Tokens(plan.Forbidden.ElementAtOrDefault(row).AsSpan())}]");
        }

        return text.Append($" out [{string.Join(' ', plan.SwapOuts)}]")
            .Append($" in [{string.Join(' ', plan.SwapIns)}]")
            .Append($" copies [{string.Join(' ', plan.Copies)}]")
            .Append($" preempts [{string.Join(' ', plan.Preempted)}]")
            .ToString();
    }

    /// <summary>Everything that a state holds.</summary>
    public static string State(SchedulerState state) =>
        $"{Situation(state)}{Environment.NewLine}"
        + $"next {state.NextSequence} {state.NextStep}, {state.Stats}";

    /// <summary>
    /// A state without its counters, and without the number of the step in flight.
    /// </summary>
    public static string Situation(SchedulerState state)
    {
        var text = new StringBuilder("free");
        foreach (var block in state.Blocks.FreeQueue().Take(state.Blocks.TotalCount + 1))
            text.Append($" {block.Value}");
        text.Append("; references");
        for (var id = 0; id < state.Blocks.TotalCount; id++)
            text.Append($" {state.Blocks.ReferenceCount(new BlockId(id))}");
        text.Append("; caches");
        for (var id = 0; id < state.Blocks.TotalCount; id++)
            text.Append($" {Content(state.Blocks.Content(new BlockId(id)))}");
        text.Append("; host");
        foreach (var block in state.HostBlocks.FreeQueue().Take(state.HostBlocks.TotalCount + 1))
            text.Append($" {block.Value}");
        for (var id = 0; id < state.HostBlocks.TotalCount; id++)
            text.Append($" {state.HostBlocks.ReferenceCount(new BlockId(id))}");
        foreach (var sequence in state.Running)
            text.AppendLine().Append($"running {Sequence(sequence)}");
        foreach (var sequence in state.Waiting.Values)
            text.AppendLine().Append($"waiting {Sequence(sequence)}");
        foreach (var (request, ongoing) in state.Unfinished.OrderBy(pair => pair.Key.Value))
            text.AppendLine()
                .Append($"{request} is {ongoing.First}, {ongoing.Living} of {ongoing.Width} live, ")
                .Append(string.Join(' ', ongoing.Ranks));
        text.AppendLine().Append(Turns(state.Turns)).AppendLine().Append(Step(state.InFlight));
        return state.Ahead is null
            ? text.ToString()
            : text.AppendLine().Append($"ahead {Step(state.Ahead)}").ToString();
    }

    private static string Step(StepPlan? plan) =>
        plan is null ? "no step" : Plan(plan with { Id = default });

    private static string Sequence(Sequence sequence) =>
        $"{sequence.Id.Value} {Request(sequence.Request)}, sample {sequence.Sample} "
        + $"worth {sequence.Logprobs}: {Tokens(sequence.Tokens.Span)}, {Beams(sequence.Beams)}"
        + $"{sequence.ComputedTokens} computed, in {Table(sequence.Blocks)}, "
        + $"on the host in {Table(sequence.HostBlocks)}, "
        + $"{sequence.Preemptions} preemptions, {sequence.CachedTokens} cached, "
        + $"shares {Content(sequence.Content)}";

    private static string Beams(BeamState? beams) =>
        beams is null
            ? ""
            : $"one of {beams.Living} beams, found {string.Join(' ', beams.Hypotheses.Select(each =>
                $"{Tokens(each.Tokens.Span)}{each.Last.Value}/{each.Worth}"))}, ";

    // Counters count from the level: nothing else of them matters.
    private static string Turns(Turns turns) =>
        turns switch
        {
            PriorityTurns priority => $"in turn {string.Join(' ', priority.Places)}",
            FairTurns fair => $"returning {string.Join(' ', fair.Returning)}; "
                + string.Join(", ", fair.Shares.Select(each =>
                    $"{each.Key.Key ?? "null"} at {each.Value.Service - fair.Level} "
                    + $"with {string.Join(' ', each.Value.Newcomers)}")),
            _ => "by arrival",
        };

    private static string Content(BlockContent? content) =>
        content is null ? "-"
        : content.Before is null
            ? $"{content.Salt ?? "null"}:{Tokens(content.Tokens.AsSpan())}"
        : $"{Content(content.Before)}{Tokens(content.Tokens.AsSpan())}";

    private static string Request(Request request) =>
        $"{request.Id}: prompt {Tokens(request.Prompt.AsSpan())}, "
        + $"salt {request.CacheSalt ?? "null"}, {request.Samples} of {request.Width} samples, "
        + (request.Priority == 0 ? "" : $"priority {request.Priority}, ")
        + (request.Tenant is null ? "" : $"tenant '{request.Tenant}', ")
        + $"{request.Stop.MinTokens} to {request.Stop.MaxTokens} tokens, "
        + (request.Beams is null ? "" : $"{request.Beams}, ")
        + $"ends at {Tokens(request.Stop.EndTokens.AsSpan())}, {Sampling(request.Sampling)}";

    private static string Sampling(SamplingParams sampling) =>
        sampling == SamplingParams.Greedy ? "greedy" : sampling.ToString();

    private static string Table(BlockTable table) =>
        $"<{string.Join(' ', table.Blocks.ToArray().Select(block => block.Value))}>";

    private static string Tokens(ReadOnlySpan<TokenId> tokens) =>
        $"({string.Join(' ', tokens.ToArray().Select(token => token.Value))})";

    private static string Tokens(IEnumerable<SampledToken> samples) =>
        $"({string.Join(' ', samples.Select(each => $"{each.Token.Value}/{each.Logprob}"))})";
}
