using System.Collections.Immutable;
using System.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>Events and decisions as a line each, for people.</summary>
internal static class PlainText
{
    public static string Of(Event evt) =>
        evt switch
        {
            Event.Submitted(var request) => $"submitted {request.Id}: {request.Prompt.Length} "
                + $"tokens, at most {request.Stop.MaxTokens} more{Width(request)}{For(request)}",
            Event.Cancelled { Sample: { } sample } cancelled =>
                $"cancelled {cancelled.Id}, sample {sample} ({cancelled.Reason})",
            Event.Cancelled(var id, var reason) => $"cancelled {id} ({reason})",
            Event.StepWanted => "a step is wanted",
            Event.StepCompleted(var result) => $"completed {result.Step}: "
                + $"{(result.Samples.IsDefault ? 0 : result.Samples.Length)} tokens drawn",
            Event.StepFailed(var step, var cause) => $"failed {step}: {cause}",
            _ => $"{evt}",
        };

    public static string Of(Decision decision) =>
        decision switch
        {
            Decision.RunStep(var plan) => Plan(plan),
            Decision.Emit(var id, var token) emit =>
                $"{id}{Sample(emit.Sample)} gets token {token.Token.Value}",
            Decision.Finish(var id, var reason, var usage) finish =>
                $"{id}{Sample(finish.Sample)} ends ({reason}), {usage}"
                + (finish.Logprob is { } sum ? $", log probability {sum:F3}" : ""),
            Decision.Choose(var id, var samples) =>
                $"{id} is answered by samples {string.Join(", ", samples)}",
            Decision.Reject(var id, var why) => $"{id} is rejected: {why.Message}",
            _ => $"{decision}",
        };

    private static string Width(Request request) =>
        request.Beams is not null ? $", {request.Width} beams, the best {request.Samples}"
        : request.IsRanked ? $", {request.Width} samples, the best {request.Samples}"
        : request.Width > 1 ? $", {request.Width} samples"
        : "";

    private static string For(Request request) =>
        (request.Priority == 0 ? "" : $", priority {request.Priority}")
        + (request.Tenant is null ? "" : $", tenant \"{request.Tenant}\"");

    private static string Sample(int sample) => sample == 0 ? "" : $", sample {sample},";

    // "run step 7: 3 rows, 19 tokens: 0 [64..65) 1 [64..65) 5 [0..17) draws 4; copies 3 > 9"
    private static string Plan(StepPlan plan)
    {
        var text = new StringBuilder("run ")
            .Append($"{plan.Id}: {plan.Rows} rows, {plan.TokensTotal} tokens:");
        for (var row = 0; row < plan.Rows; row++)
        {
            var first = plan.FirstPositions[row];
            text.Append($" {plan.Sequences[row].Value} [{first}..{first + plan.TokenCounts[row]})");
            if (plan.Draws[row].Count > 1)
                text.Append($" draws {plan.Draws[row].Count}");
        }

        Append(text, "swaps out", plan.SwapOuts, swap => (swap.Device.Value, swap.Host.Value));
        Append(text, "swaps in", plan.SwapIns, swap => (swap.Host.Value, swap.Device.Value));
        Append(text, "copies", plan.Copies, copy => (copy.From.Value, copy.To.Value));
        if (!plan.Preempted.IsEmpty)
            text.Append($"; preempts {string.Join(", ", plan.Preempted)}");
        return text.ToString();
    }

    private static void Append<T>(
        StringBuilder text, string what, ImmutableArray<T> moves, Func<T, (int From, int To)> pair)
    {
        if (!moves.IsEmpty)
            text.Append($"; {what} ").AppendJoin(
                ", ", moves.Select(pair).Select(move => $"{move.From} > {move.To}"));
    }
}
