using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// Runs no model: tokens are hashes of what stands before them, and a step takes what
/// <see cref="CostModel"/> says.
/// </summary>
/// <remarks>
/// Candidates of a beam have the log probabilities of a softmax over 64 normal logits of standard
/// deviation <paramref name="sharpness"/>, at each token one of 16,384 that were drawn: the greater
/// it is, the surer the model, and the longer beams go on beside each other before one of them
/// takes over. The default is chosen so that four beams of Alpaca's lengths share what they do in
/// the paper's figure 15; what else is shown of beams follows.
/// </remarks>
/// <param name="cost">Of a step.</param>
/// <param name="vocabulary">Tokens that there are.</param>
/// <param name="sharpness">Standard deviation of logits, from 0.</param>
/// <param name="isShared">Whether rows may read the same blocks.</param>
internal sealed class SimulatedExecutor(
    CostModel cost, int vocabulary, double sharpness = SimulatedExecutor.SharpnessDefault,
    bool isShared = false)
{
    public const double SharpnessDefault = 12;

    private const int Logits = 64;
    private const int Ranks = 8;
    private const int Softmaxes = 1 << 14;

    private static readonly ConcurrentDictionary<double, float[][]> s_tops = new();

    private readonly SharedReads _reads = new();

    public (StepResult Result, double Seconds) Execute(StepPlan plan)
    {
        var samples = new SampledToken[plan.SamplesTotal];
        var next = 0;
        for (var row = 0; row < plan.Rows; row++)
        {
            var draws = plan.Draws[row];
            if (draws.Count == 0)
                continue;
            var seed = SeedOf(plan, row);
            for (var draw = 0; draw < draws.Count; draw++)
            {
                samples[next++] = plan.Samplings[row]!.Logprobs is int candidates and > 0
                    ? Candidates(seed, candidates)
                    : new SampledToken(TokenOf(Mixed(seed + (ulong)(draws.First + draw))));
            }
        }

        return (
            new StepResult(plan.Id, ImmutableCollectionsMarshal.AsImmutableArray(samples)),
            cost.Seconds(CostModel.Shape.Of(plan) with
            {
                Rereads = isShared ? _reads.Of(plan) : 0,
            }));
    }

    // Rows that await their token have no last one to go by; the position does for those.
    private static ulong SeedOf(StepPlan plan, int row)
    {
        var position = (ulong)(plan.FirstPositions[row] + plan.TokenCounts[row]);
        var tokens = plan.TokenLogs[row].Span;
        return Mixed(
            position * 0x9E3779B97F4A7C15
            + ((ulong)tokens[^1].Value << 32) + (ulong)tokens[0].Value);
    }

    // One of many drawn softmaxes: drawing each anew takes longer than all else.
    private SampledToken Candidates(ulong seed, int count)
    {
        var tops = s_tops.GetOrAdd(sharpness, Drawn);
        var ranks = tops[(int)(Mixed(seed) % Softmaxes)];
        var top = new TokenLogprob[Math.Min(count, Ranks)];
        for (var rank = 0; rank < top.Length; rank++)
        {
            top[rank] = new TokenLogprob(
                TokenOf(Mixed(seed ^ (ulong)(rank + 1) * 0xD6E8FEB86659FD93)), ranks[rank]);
        }

        return new SampledToken(
            top[0].Token, top[0].Logprob, ImmutableCollectionsMarshal.AsImmutableArray(top));
    }

    // The greatest log probabilities of each.
    private static float[][] Drawn(double sharpness) =>
    [
        .. Enumerable.Range(0, Softmaxes).Select(softmax =>
        {
            var logits = Enumerable.Range(0, Logits)
                .Select(index => sharpness * Normal((ulong)(softmax * Logits + index)))
                .OrderDescending().ToList();
            var sum = logits.Sum(Math.Exp);
            return logits.Take(Ranks).Select(logit => (float)(logit - Math.Log(sum))).ToArray();
        }),
    ];

    private TokenId TokenOf(ulong hash) => new((int)(hash % (ulong)vocabulary));

    // Box and Muller.
    private static double Normal(ulong seed)
    {
        var (first, second) = (Unit(Mixed(seed)), Unit(Mixed(seed ^ 0xA5A5A5A5A5A5A5A5)));
        return Math.Sqrt(-2 * Math.Log(first)) * Math.Cos(2 * Math.PI * second);
    }

    internal static double Unit(ulong hash) => ((hash >> 11) + 1) / (double)((1UL << 53) + 1);

    // The finaliser of SplitMix64 (Steele et al., OOPSLA '14).
    internal static ulong Mixed(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
