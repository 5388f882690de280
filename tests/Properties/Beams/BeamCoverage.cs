using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Properties.Beams;

/// <summary>
/// What makes beam search hard occurs in a stated share of the generated searches.
/// </summary>
public class BeamCoverage(ITestOutputHelper output)
{
    private const int Searches = 1000;

    private static readonly Lazy<IReadOnlyList<(BeamCase Search, IReadOnlyList<Stride> Strides)>>
        s_runs = new(() =>
        [
            .. BeamCases.Any.Sample(Searches, new Rnd(3), 50)
                .Select(search => (search, search.Run())),
        ]);

    private static readonly
        Dictionary<string, (double ShareMin, Func<BeamCase, Stride, bool> Occurs)> s_cases = new()
        {
            ["a beam forks"] = (0.3, (_, stride) => stride.After.Survivors
                .CountBy(survivor => survivor.Parent).Any(parent => parent.Value > 1)),
            ["a beam dies"] = (0.2, (_, stride) => !stride.After.IsOver && stride.After.Survivors
                .DistinctBy(survivor => survivor.Parent).Count() < stride.Beams.Length),
            ["equal sums"] = (0.3, (_, stride) => stride.Ranked
                .CountBy(each => each.Logprob).Any(sum => sum.Value > 1)),
            ["a hypothesis is displaced"] = (0.05, (_, stride) =>
                stride.Before.Any(before => !stride.After.Hypotheses.Contains(before))),
            ["an end token is behind the width"] = (0.2, (search, stride) =>
                stride.Ranked.Skip(search.Beams.Width)
                    .Any(each => search.Ends.Contains(each.Token))),
            ["more end tokens than the width are likely"] = (0.02, (search, stride) =>
                stride.Ranked.Take(2 * search.Beams.Width)
                    .Count(each => search.Ends.Contains(each.Token)) > search.Beams.Width),
            ["it ends early"] = (0.1, (search, stride) => stride.After.IsOver
                && stride.Ranked.Any(each => !search.Ends.Contains(each.Token))
                && stride.Beams[0].Tokens.Count < search.PromptTokens + search.OutputTokensMax - 1),
            ["it ends at the length limit"] = (0.3, (_, stride) => stride.After.Hypotheses
                .Any(hypothesis => hypothesis.Reason == FinishReason.Length)),
            ["it finds less than the width"] = (0.02, (search, stride) => stride.After.IsOver
                && stride.After.Hypotheses.Length < search.Beams.Width),
            ["end tokens are forbidden"] = (0.1, (search, _) =>
                search is { MinTokens: > 0, Ends.IsEmpty: false }),
        };

    public static IEnumerable<object[]> Cases =>
        s_cases.Select(each => new object[] { each.Key, each.Value.ShareMin });

    [Theory, MemberData(nameof(Cases))]
    public void Generated_searches_meet(string hard, double shareMin)
    {
        var share = s_runs.Value.Count(run =>
            run.Strides.Any(stride => s_cases[hard].Occurs(run.Search, stride)))
            / (double)Searches;
        output.WriteLine($"{hard}: in {share:P0} of searches, at least {shareMin:P0}");
        Assert.InRange(share, shareMin, 1);
    }
}
