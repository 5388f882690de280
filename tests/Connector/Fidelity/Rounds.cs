using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Fidelity;

/// <summary>What a model was asked and what it answered, in order, and the law of it.</summary>
internal sealed class Rounds
{
    private const int BlockSize = 16;
    private readonly List<PagedLlmResult> _results = [];

    /// <summary>The next answer.</summary>
    public void Add(object? result) => _results.Add(Assert.IsType<PagedLlmResult>(result));

    /// <summary>
    /// Each prompt begins with the one before it and all tokens of its answer, and the cache had
    /// all full blocks of them. (Of an answer's tokens the last was never computed.)
    /// </summary>
    /// <param name="prompts">As many as answers.</param>
    /// <param name="isNew">
    /// Whether a prompt need not begin so, by its place; null = all begin so.
    /// </param>
    public void EachBeginsWithTheLast(
        IReadOnlyList<ImmutableArray<TokenId>> prompts, Func<int, bool>? isNew = null)
    {
        Assert.Equal(_results.Count, prompts.Count);
        for (var next = 1; next < prompts.Count; next++)
        {
            ImmutableArray<TokenId> before =
                [.. prompts[next - 1], .. Spoken(_results[next - 1].OutputTokens)];
            if (isNew?.Invoke(next) == true)
                continue;
            Assert.Equal(Text(before), Text(prompts[next].Take(before.Length)));
            Assert.Equal(before, prompts[next].Take(before.Length));
            var computed = prompts[next - 1].Length + _results[next - 1].OutputTokens.Length - 1;
            Assert.True(
                _results[next].CachedTokens >= computed / BlockSize * BlockSize,
                $"prompt {next}: {_results[next].CachedTokens} of {computed} tokens were cached");
        }
    }

    private static ImmutableArray<TokenId> Spoken(ImmutableArray<TokenId> output) =>
        output is [.., var last] && last == ByteTokenizer.TurnEnd ? output[..^1] : output;

    private static string Text(IEnumerable<TokenId> tokens) =>
        ByteTokenizer.Instance.Decode(tokens.ToArray(), skipSpecialTokens: false);
}
