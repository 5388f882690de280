using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Memory;

public class StepProfileTests
{
    private static readonly SchedulerConfig _config = new()
    {
        BlockSize = 16,
        BlocksTotal = 2,
        MaxModelLength = 1000,
        VocabularySize = 10,
        MaxSequences = 8,
        MaxBatchedTokens = 100,
    };

    [Fact]
    public void The_longest_step_has_all_tokens_and_rows_over_all_that_the_pool_holds()
    {
        var plan = new LongestStep(_config, PoolTokens: 4_500).Plans().Last();
        Assert.Equal([93, 1, 1, 1, 1, 1, 1, 1], plan.TokenCounts.AsEnumerable());
        Assert.Equal([1000, 500, 500, 500, 500, 500, 500, 500], Lengths(plan));
        Assert.Equal(8, plan.SamplesTotal);
    }

    [Fact]
    public void Chunks_are_no_longer_than_sequences_and_thresholds()
    {
        var longest = new LongestStep(
            _config with { MaxModelLength = 40, LongPrefillThreshold = 30 }, 1_000_000);
        Assert.Equal(
            [30, 30, 30, 6, 1, 1, 1, 1], longest.Plans().Last().TokenCounts.AsEnumerable());
        Assert.Equal(Enumerable.Repeat(40, 8), Lengths(longest.Plans().Last()));
    }

    // Every combination of small limits: what the plans may not be, and what they must.
    [Fact]
    public void Plans_keep_the_limits_and_fill_the_block_before_they_read_it()
    {
        int[] small = [1, 2, 3, 5, 17];
        foreach (var (block, length, sequences, tokens, pool) in
            from block in small
            from length in (int[])[2, 3, 16, 33]
            from sequences in small
            from tokens in small
            from pool in (long[])[0, 1, 40, 1_000_000]
            select (block, length, sequences, tokens, pool))
        {
            var config = _config with
            {
                BlockSize = block,
                MaxModelLength = length,
                MaxSequences = sequences,
                MaxBatchedTokens = tokens,
            };
            var plans = new LongestStep(config, pool).Plans().ToArray();
            // Checks tables, draws and tokens as executors do.
            var reader = new StepTokens(config.VocabularySize, 1, length);
            foreach (var plan in plans)
            {
                reader.Read(plan);
                Assert.InRange(plan.TokensTotal, 1, tokens);
            }
            var filled = plans[..^1].SelectMany(plan => Enumerable.Range(
                plan.FirstPositions[0], plan.TokenCounts[0])).ToArray();
            Assert.Equal(Enumerable.Range(0, Math.Min(block, length)), filled);
            Assert.Equal(
                Math.Min(tokens, Math.Min(tokens, sequences) * (long)length),
                plans[^1].TokensTotal);
            Assert.Equal(Math.Min(tokens, sequences), plans[^1].SamplesTotal);
            Assert.All(Lengths(plans[^1]), each => Assert.InRange(each, 1, length));
        }
    }

    [Fact]
    public void What_the_step_leaves_is_free_and_what_it_took_is_said()
    {
        var device = new Device(BytesFree: 10_000);
        var built = new List<int>();
        var profile = StepProfile.Measure(
            _config, bytesPerBlock: 100,
            blocks =>
            {
                built.Add(blocks);
                return device.Take(500, bytesPerToken: 7);
            },
            () => device.BytesFree);
        Assert.Equal([1], built);
        Assert.Equal(new(10_000 - 500 - 700, 500 + 700), profile);
        Assert.Equal(10_000, device.BytesFree);
    }

    [Fact]
    public void A_model_that_overflows_on_nonsense_is_measured_and_other_failures_are_told()
    {
        var device = new Device(BytesFree: 10_000)
        {
            Failure = new LogitsException(new(0), 3, "the model gave NaN or infinity"),
        };
        Assert.Equal(1_200, Measure().ActivationBytes);
        device = device with { Failure = new InvalidOperationException("lost") };
        Assert.Equal("lost", Assert.Throws<InvalidOperationException>(() => Measure()).Message);
        Assert.Equal(10_000, device.BytesFree);

        StepProfile Measure() => StepProfile.Measure(
            _config, 100, _ => device.Take(500, bytesPerToken: 7), () => device.BytesFree);
    }

    private static IEnumerable<int> Lengths(StepPlan plan) =>
        plan.FirstPositions.Zip(plan.TokenCounts, (first, count) => first + count);

    /// <summary>A device of some bytes, and who takes them.</summary>
    private sealed record Device(long BytesFree)
    {
        public long BytesFree { get; set; } = BytesFree;

        public Exception? Failure { get; init; }

        public Taker Take(long bytes, long bytesPerToken)
        {
            BytesFree -= bytes;
            return new Taker(this, bytes, bytesPerToken);
        }
    }

    // Takes memory for the longest step yet, and keeps it.
    private sealed class Taker(Device device, long bytes, long bytesPerToken) : IStepExecutor
    {
        private long _steps;

        public StepResult Execute(StepPlan plan)
        {
            var more = Math.Max(0, plan.TokensTotal * bytesPerToken - _steps);
            _steps += more;
            device.BytesFree -= more;
            return device.Failure is { } failure ? throw failure : new(plan.Id, []);
        }

        public void Dispose() => device.BytesFree += bytes + _steps;
    }
}
