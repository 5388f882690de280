using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>What a reader saw of a request of several samples.</summary>
/// <param name="Samples">Those that ended, by their index.</param>
/// <param name="Chosen">Null where there was no choice.</param>
internal sealed record GroupAnswer(
    ImmutableSortedDictionary<int, Answer> Samples, ImmutableArray<int>? Chosen);

/// <summary>How the tests read and check several samples.</summary>
internal static class GroupAnswers
{
    /// <summary>Reads to the end; checks that nothing follows an end or a choice.</summary>
    public static async Task<GroupAnswer> ReadGroup(this Generation generation)
    {
        var tokens = new Dictionary<int, List<TokenId>>();
        var ends = ImmutableSortedDictionary.CreateBuilder<int, Answer>();
        ImmutableArray<int>? chosen = null;
        await foreach (var next in generation.ReadAllAsync())
        {
            Assert.Null(chosen);
            switch (next)
            {
                case TokenEvent.Token token:
                    Assert.False(ends.ContainsKey(token.Index), $"{token} follows its end");
                    if (!tokens.TryAdd(token.Index, [token.Sample.Token]))
                        tokens[token.Index].Add(token.Sample.Token);
                    break;
                case TokenEvent.Finished end:
                    ends.Add(end.Index, new Answer(
                        [.. tokens.GetValueOrDefault(end.Index, [])], end.Reason, end.Usage));
                    break;
                case TokenEvent.Chosen(var samples):
                    chosen = samples;
                    break;
            }
        }

        return new GroupAnswer(ends.ToImmutable(), chosen);
    }

    /// <summary>Each sample is what a request with its seed would get alone.</summary>
    public static void Check(Known request, int samples, GroupAnswer answer, SchedulerConfig config)
    {
        Assert.Equal(Enumerable.Range(0, samples), answer.Samples.Keys);
        foreach (var (sample, seen) in answer.Samples)
            Requests.Check(
                request with { Seed = Continuation.SeedOf(request.Seed, sample) }, seen, config);
    }
}
