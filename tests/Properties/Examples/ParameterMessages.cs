using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>What a caller reads of each parameter that is out of its range.</summary>
public class ParameterMessages
{
    private const int Vocabulary = 16;

    private static readonly Request s_plain = new(
        new RequestId(0), [new TokenId(1)], SamplingParams.Greedy, new StopRule { MaxTokens = 4 });

    [Fact]
    public void Of_how_tokens_are_drawn()
    {
        var sampling = new SamplingParams
        {
            Temperature = 10.5f,
            TopK = -1,
            TopP = 0,
            MinP = 1.5f,
            RepetitionPenalty = 0,
            PresencePenalty = -2.5f,
            FrequencyPenalty = 2.5f,
            Logprobs = 21,
            LogitBias = ImmutableDictionary<TokenId, float>.Empty
                .Add(new TokenId(3), 100.5f)
                .Add(new TokenId(16), 1),
        };
        Says(
            s_plain with { Sampling = sampling },
            "temperature is 10.5; it must be from 0 to 10.",
            "top_k is -1; it must be 0 (off) or more.",
            "top_p is 0; it must be above 0 and at most 1.",
            "min_p is 1.5; it must be from 0 to 1.",
            "repetition_penalty is 0; it must be above 0 and at most 10.",
            "presence_penalty is -2.5; it must be from -2 to 2.",
            "frequency_penalty is 2.5; it must be from -2 to 2.",
            "logprobs is 21; it must be from 0 to 20.",
            "logit_bias of token 3 is 100.5; it must be from -100 to 100.",
            "logit_bias token is 16; it must be from 0 to 15.");
    }

    [Fact]
    public void Of_when_a_sequence_ends() =>
        Says(
            s_plain with
            {
                Stop = new StopRule { MaxTokens = 0, MinTokens = -1, EndTokens = [new(16)] },
            },
            "max_tokens is 0; it must be at least 1.",
            "min_tokens is -1; it must be from 0 to max_tokens (0).",
            "stop token is 16; it must be from 0 to 15.");

    // The salt itself is a secret.
    [Fact]
    public void Of_texts_that_are_too_long() =>
        Says(
            s_plain with { CacheSalt = new string('s', 257), Tenant = new string('t', 258) },
            "length of cache_salt is 257; it must be at most 256.",
            "length of tenant is 258; it must be at most 256.");

    [Fact]
    public void Of_how_many_samples_there_are() =>
        Says(s_plain with { Samples = 0 }, "n is 0; it must be at least 1.");

    [Fact]
    public void Of_beams() =>
        Says(
            s_plain with
            {
                Beams = new BeamParams
                {
                    Width = 17,
                    LengthPenalty = -11,
                    EarlyStopping = (EarlyStopping)9,
                },
            },
            "beam_width is 17; it must be from 2 to 16.",
            "length_penalty is -11; it must be from -10 to 10.",
            "early_stopping is 9; it must be heuristic, always or never.");

    [Fact]
    public void Of_what_the_engine_has_no_place_for()
    {
        var config = new SchedulerConfig
        {
            BlocksTotal = 5,
            BlockSize = 16,
            MaxModelLength = 64,
            VocabularySize = Vocabulary,
            MaxSequences = 3,
            MaxBatchedTokens = 4,
        };
        var beams = s_plain with { Beams = new BeamParams { Width = 6 } };
        Rejects(config, s_plain with { Samples = 4 },
            "n is 4; it must be at most 3, the sequences that run at once.");
        Rejects(config, s_plain with { BestOf = 4 },
            "best_of is 4; it must be at most 3, the sequences that run at once.");
        Rejects(config, beams,
            "beam_width is 6; it must be at most 3, the sequences that run at once.");
        Rejects(config with { MaxSequences = 8 }, beams,
            "beam_width is 6; it must be at most 4, the tokens of a step.");
        Rejects(config with { MaxSequences = 8, MaxBatchedTokens = 8 }, beams,
            "beam_width is 6; it must be at most 5, the blocks of the KV cache.");
        Rejects(config, s_plain with { Priority = -2 },
            "priority is -2; it must be 0 under any policy but priority.");
    }

    private static void Says(Request request, params string[] messages) =>
        Assert.Equal(
            messages,
            ParameterRules.Check(request, Vocabulary).Select(error => error.Message));

    private static void Rejects(SchedulerConfig config, Request request, string message)
    {
        var (_, decisions) = Scheduler.Step(
            config, SchedulerState.Initial(config), new Event.Submitted(request));
        var rejected = Assert.IsType<Decision.Reject>(Assert.Single(decisions));
        Assert.Equal(message, rejected.Why.Message);
    }
}
