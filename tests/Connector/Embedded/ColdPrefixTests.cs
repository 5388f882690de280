using Microsoft.Extensions.AI;
using SkPaged.Connector.Engines;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// Chat calls that begin alike and come together, none of their beginning in the cache: it is
/// computed once, for all of them.
/// </summary>
public sealed class ColdPrefixTests
{
    private const int Callers = 16;
    private const int BlockSize = 16;

    private static readonly string s_system = string.Concat(Enumerable.Range(0, 12).Select(
        number => $"The ferry number {number} leaves Lindholm for Skarvik at {number}:15. "));

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_calls_have_in_common_is_computed_once_and_the_rest_of_each(
        bool areTheSame, bool prefixCaching)
    {
        var parts = EngineParts.Load(
            EmbeddedModel.Extract(),
            new PagedLlmEngineOptions { KvBlocks = 1024, PrefixCaching = prefixCaching },
            null);
        await using var engine = new PagedLlmEngine(parts);
        using var chat = new PagedLlmChatClient(engine);
        var calls = Enumerable.Range(0, Callers)
            .Select(number => Messages(areTheSame ? 0 : number)).ToList();
        var builder = parts.CreateRequestBuilder();
        var prompts = calls.Select(call => builder.Build(call, null).Prompt.ToArray()).ToList();

        var answers = await Task.WhenAll(calls.Select(call =>
            chat.GetResponseAsync(call, new() { MaxOutputTokens = 4 })));

        // Whole blocks; and the last token of a prompt is always computed.
        var shared = prompts.Select(prompt => !prefixCaching ? 0
            : Math.Min(Common(prompts), prompt.Length - 1) / BlockSize * BlockSize).ToList();
        Assert.All(prompts, prompt => Assert.InRange(prompt.Length, 200, 1000));
        Assert.All(shared, tokens => Assert.Equal(prefixCaching, tokens > 150));
        Assert.Equal(
            prompts.Sum(prompt => prompt.Length) - shared.Skip(1).Sum(),
            engine.Snapshot.PrefillTokens);
        Assert.Equal(shared.Skip(1).Sum(), engine.Snapshot.CachedTokens);
        var results = answers.Select(answer => (PagedLlmResult)answer.RawRepresentation!).ToList();
        Assert.Equal(prompts.Select(prompt => prompt.Length), results.Select(r => r.PromptTokens));
        Assert.Equal(
            shared.Skip(1).Prepend(0).Order(), results.Select(r => r.CachedTokens).Order());
    }

    private static ChatMessage[] Messages(int number) =>
    [
        new(ChatRole.System, s_system),
        new(ChatRole.User, $"{(char)('A' + number)}: when does the ferry leave?"),
    ];

    // Of each prompt with each, as many tokens: then it does not matter which is first.
    private static int Common(List<TokenId[]> prompts)
    {
        var lengths = prompts.Skip(1)
            .Select(prompt => prompt.Zip(prompts[0], (one, other) => one == other)
                .TakeWhile(same => same).Count()).Distinct();
        return Assert.Single(lengths);
    }
}
