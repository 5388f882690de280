using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>A request whose answer is known.</summary>
internal sealed record Known(ImmutableArray<TokenId> Prompt, ulong Seed, StopRule Stop)
{
    public SamplingParams Sampling => new() { Seed = Seed };

    public (ImmutableArray<TokenId> Tokens, FinishReason Reason) Answer(SchedulerConfig config) =>
        Continuation.Of(Prompt, Seed, Stop, config.MaxServableLength);

    public static Known Of(int promptTokens, int maxTokens, ulong seed = 1) =>
        new(Requests.Prompt(promptTokens), seed, new StopRule { MaxTokens = maxTokens });
}

/// <summary>What a reader saw.</summary>
internal sealed record Answer(ImmutableArray<TokenId> Tokens, FinishReason Reason, Usage Usage);

/// <summary>Requests, and how the tests submit and read them.</summary>
internal static class Requests
{
    public static SchedulerConfig Config(
        int blocks = 4096, int blockSize = 4, int batchedTokens = 256, int length = 512) =>
        new()
        {
            BlockSize = blockSize,
            BlocksTotal = blocks,
            MaxModelLength = length,
            VocabularySize = Continuation.Vocabulary,
            MaxBatchedTokens = batchedTokens,
        };

    public static ImmutableArray<TokenId> Prompt(int tokens, int from = 1) =>
        [
            .. Enumerable.Range(from, tokens)
                .Select(value => new TokenId(value % Continuation.Vocabulary)),
        ];

    /// <summary>Prompts of 1 .. 60 and outputs of 1 .. 40 tokens, some with end tokens.</summary>
    public static ImmutableArray<Known> Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Random(random))];
    }

    public static Generation Submit(this EngineLoop loop, Known request) =>
        loop.Submit(request.Prompt, request.Sampling, request.Stop);

    public static async Task<Answer> ReadToEnd(
        this Generation generation, CancellationToken cancellationToken = default)
    {
        var tokens = ImmutableArray.CreateBuilder<TokenId>();
        await foreach (var next in generation.ReadAllAsync(cancellationToken))
        {
            if (next is TokenEvent.Finished end)
                return new Answer(tokens.ToImmutable(), end.Reason, end.Usage);
            tokens.Add(((TokenEvent.Token)next).Sample.Token);
        }

        throw new InvalidOperationException("The stream ended without an end.");
    }

    public static async Task<Answer> Ask(this EngineLoop loop, Known request)
    {
        await using var generation = loop.Submit(request);
        return await generation.ReadToEnd();
    }

    public static void Check(Known request, Answer answer, SchedulerConfig config)
    {
        var (tokens, reason) = request.Answer(config);
        Assert.Equal(tokens.ToArray(), answer.Tokens.ToArray());
        Assert.Equal(reason, answer.Reason);
        Assert.Equal(request.Prompt.Length, answer.Usage.PromptTokens);
        Assert.Equal(tokens.Length, answer.Usage.OutputTokens);
    }

    public static void CheckAll(
        ImmutableArray<Known> requests, Answer[] answers, SchedulerConfig config)
    {
        Assert.Equal(requests.Length, answers.Length);
        for (var index = 0; index < answers.Length; index++)
            Check(requests[index], answers[index], config);
    }

    private static Known Random(Random random) =>
        new(
            Prompt(random.Next(1, 61), random.Next(Continuation.Vocabulary)),
            (ulong)random.NextInt64(),
            new StopRule
            {
                MaxTokens = random.Next(1, 41),
                EndTokens = random.Next(2) == 0
                    ? []
                    : [.. Enumerable.Range(0, 50).Select(value => new TokenId(value))],
            });
}
