using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>Requests as commands describe them.</summary>
public static class Requests
{
    public static Event.Submitted Of(SchedulerConfig config, long id, Command.Submit submit) =>
        new(new Request(
            new RequestId(id),
            TokenFunction.Prompt(submit.Text, submit.PromptTokens, config.VocabularySize),
            SamplingParams.Greedy,
            new StopRule
            {
                MaxTokens = submit.Stop.MaxTokens,
                MinTokens = submit.Stop.MinTokens,
                EndTokens =
                [
                    .. Enumerable.Range(0, submit.Stop.EndTokens).Select(id => new TokenId(id)),
                ],
            })
        {
            CacheSalt = submit.CacheSalt,
            Samples = submit.Samples,
            BestOf = submit.BestOf,
            Beams = submit.Beams,
            Priority = config.Policy == SchedulingPolicy.Priority ? submit.Priority : 0,
            Tenant = submit.Tenant,
        });

    /// <summary>
    /// The most tokens that the model and the pool have room for in a sequence of a request. Beams
    /// share the full blocks of their prompt, and have the rest of the pool in equal parts.
    /// </summary>
    public static int LengthMax(SchedulerConfig config, Request request)
    {
        var shared = request.Beams is null ? 0 : request.Prompt.Length / config.BlockSize;
        var own = (config.BlocksTotal - shared) / (request.Beams?.Width ?? 1);
        return Math.Min(config.MaxModelLength, (shared + own) * config.BlockSize);
    }

    public static Event.Submitted Flawed(
        SchedulerConfig config, long id, Command.SubmitFlawed submit) =>
        new(new Request(
            new RequestId(id),
            PromptOf(config, submit),
            submit.Flaw is Flaw.ParametersInvalid or Flaw.PriorityUnasked
                && !Unasked(config, submit)
                ? new SamplingParams { Temperature = -1 - submit.Excess, TopP = 0 }
                : SamplingParams.Greedy,
            new StopRule { MaxTokens = 1 })
        {
            Priority = Unasked(config, submit) ? submit.Excess - 2 | 1 : 0,
        });

    // Where priorities are asked for, none is a flaw, and other values take its place.
    private static bool Unasked(SchedulerConfig config, Command.SubmitFlawed submit) =>
        submit.Flaw == Flaw.PriorityUnasked && config.Policy != SchedulingPolicy.Priority;

    private static ImmutableArray<TokenId> PromptOf(
        SchedulerConfig config, Command.SubmitFlawed submit) =>
        submit.Flaw switch
        {
            Flaw.PromptMissing => default,
            Flaw.PromptEmpty => [],
            Flaw.PromptBeyondModel => Zeros(config.MaxModelLength + submit.Excess),
            Flaw.PromptBeyondPool => Zeros(config.BlocksTotal * config.BlockSize + submit.Excess),
            Flaw.TokenNegative => [new TokenId(-1 - submit.Excess)],
            Flaw.TokenBeyondVocabulary => [new TokenId(config.VocabularySize + submit.Excess)],
            Flaw.ParametersInvalid or Flaw.PriorityUnasked => [new TokenId(0)],
            _ => throw new ArgumentException($"{submit.Flaw} is no flaw.", nameof(submit)),
        };

    private static ImmutableArray<TokenId> Zeros(int tokens) =>
        [.. Enumerable.Repeat(new TokenId(0), tokens)];
}
