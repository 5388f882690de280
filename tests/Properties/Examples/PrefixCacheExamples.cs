using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Prefix sharing, with its numbers.</summary>
public static class PrefixCacheExamples
{
    private static readonly SchedulerConfig s_config = new()
    {
        BlockSize = 16,
        BlocksTotal = 400,
        MaxModelLength = 4096,
        VocabularySize = 1000,
        MaxBatchedTokens = 256,
    };

    // 16 agents over one preamble: 1,000 tokens are 62 full blocks and 8 tokens.
    [Fact]
    public static void Identical_cold_prompts_that_arrive_together_compute_the_prefix_once()
    {
        var prompt = TokenFunction.Prompt(text: 1, tokens: 1000, s_config.VocabularySize);
        var state = Submitted(Enumerable.Repeat(prompt, 16));
        state = Drained(state, out var usages);
        Assert.Equal(1000 + 15 * 8, state.Stats.PrefillTokens);
        Assert.Equal(15 * 992, state.Stats.CachedTokens);
        Assert.Equal([0, .. Enumerable.Repeat(992, 15)], usages.Select(each => each.CachedTokens));
    }

    [Fact]
    public static void A_prompt_that_is_cached_whole_computes_its_last_block_again()
    {
        var prompt = TokenFunction.Prompt(text: 1, tokens: 48, s_config.VocabularySize);
        var state = Drained(Submitted([prompt]), out _);
        state = Drained(Submitted([prompt], state), out var usages);
        Assert.Equal(48 + 16, state.Stats.PrefillTokens);
        Assert.Equal(32, Assert.Single(usages).CachedTokens);
    }

    // What was generated is cached too: the next turn of a chat begins with it.
    [Fact]
    public static void A_second_turn_shares_the_first_with_its_answer()
    {
        var prompt = TokenFunction.Prompt(text: 1, tokens: 40, s_config.VocabularySize);
        var state = Submitted([prompt], maxTokens: 30);
        var turn = prompt.ToList();
        while (!state.Unfinished.IsEmpty)
        {
            (state, var decisions) = Scheduler.Step(s_config, state, Next(state));
            turn.AddRange(decisions.OfType<Decision.Emit>().Select(emit => emit.Token.Token));
        }

        state = Drained(Submitted([[.. turn, new TokenId(1)]], state), out var usages);
        Assert.Equal(69 / 16 * 16, usages.Single().CachedTokens);
    }

    // Of a chain the tail goes first, so what is left of it can still be found.
    [Fact]
    public static void A_chain_is_evicted_from_its_tail()
    {
        var config = s_config with { BlocksTotal = 8 };
        var first = TokenFunction.Prompt(text: 1, tokens: 6 * 16, config.VocabularySize);
        var other = TokenFunction.Prompt(text: 2, tokens: 4 * 16 - 1, config.VocabularySize);
        var state = Drained(Submitted([first], config: config), out _, config);
        state = Drained(Submitted([other], state, config), out _, config);
        Assert.Equal(2, state.Stats.Evictions);
        state = Drained(Submitted([first], state, config), out var usages, config);
        Assert.Equal(4 * 16, usages.Single().CachedTokens);
    }

    [Fact]
    public static void Another_salt_finds_nothing()
    {
        var prompt = TokenFunction.Prompt(text: 1, tokens: 100, s_config.VocabularySize);
        var state = SchedulerState.Initial(s_config);
        var found = new List<int>();
        foreach (var salt in new[] { "ours", "theirs", null, "", "ours" })
        {
            var request = Of(0, prompt, 1) with { CacheSalt = salt };
            (state, _) = Scheduler.Step(s_config, state, new Event.Submitted(request));
            state = Drained(state, out var usages);
            found.Add(usages.Single().CachedTokens);
        }

        Assert.Equal([0, 0, 0, 0, 96], found);
    }

    [Fact]
    public static void A_salt_may_have_256_characters()
    {
        var request = Of(0, [new TokenId(1)], 1) with { CacheSalt = new string('s', 257) };
        var (state, decisions) = Scheduler.Step(
            s_config, SchedulerState.Initial(s_config), new Event.Submitted(request));
        Assert.True(state.Unfinished.IsEmpty);
        Assert.Equal(
            "length of cache_salt is 257; it must be at most 256.",
            Assert.IsType<Decision.Reject>(Assert.Single(decisions)).Why.Message);
    }

    private static SchedulerState Submitted(
        IEnumerable<ImmutableArray<TokenId>> prompts,
        SchedulerState? state = null,
        SchedulerConfig? config = null,
        int maxTokens = 1) =>
        prompts.Select((prompt, id) => Of(id, prompt, maxTokens)).Aggregate(
            state ?? SchedulerState.Initial(config ?? s_config),
            (before, request) => Scheduler.Step(
                config ?? s_config, before, new Event.Submitted(request)).State);

    private static Request Of(int id, ImmutableArray<TokenId> prompt, int maxTokens) =>
        new(new RequestId(id), prompt, SamplingParams.Greedy,
            new StopRule { MaxTokens = maxTokens });

    private static Event Next(SchedulerState state) =>
        state.InFlight is { } plan
            ? new Event.StepCompleted(new StepResult(
                plan.Id, TokenFunction.Answer(state, plan, s_config.VocabularySize)))
            : new Event.StepWanted();

    private static SchedulerState Drained(
        SchedulerState state, out List<Usage> usages, SchedulerConfig? config = null)
    {
        usages = [];
        while (!state.Unfinished.IsEmpty)
        {
            (state, var decisions) = Scheduler.Step(config ?? s_config, state, Next(state));
            usages.AddRange(decisions.OfType<Decision.Finish>().Select(end => end.Usage));
        }

        return state;
    }
}
