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
                + $"tokens, at most {request.Stop.MaxTokens} more",
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
            Decision.Emit(var id, var sample) => $"{id} gets token {sample.Token.Value}",
            Decision.Finish(var id, var reason, var usage) => $"{id} ends ({reason}), {usage}",
            Decision.Reject(var id, var why) => $"{id} is rejected: {why.Message}",
            _ => $"{decision}",
        };

    // "run step 7: 3 rows, 19 tokens: 0 [64..65) 1 [64..65) 5 [0..17)"
    private static string Plan(StepPlan plan)
    {
        var text = new StringBuilder("run ")
            .Append($"{plan.Id}: {plan.Rows} rows, {plan.TokensTotal} tokens:");
        for (var row = 0; row < plan.Rows; row++)
        {
            var first = plan.FirstPositions[row];
            text.Append($" {plan.Sequences[row].Value} [{first}..{first + plan.TokenCounts[row]})");
        }

        if (!plan.Preempted.IsEmpty)
            text.Append($"; preempts {string.Join(", ", plan.Preempted)}");
        return text.ToString();
    }
}
