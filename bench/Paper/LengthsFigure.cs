namespace SkPaged.Bench.Paper;

/// <summary>How long requests are, beside what the paper tells of its data sets.</summary>
internal static class LengthsFigure
{
    private const int Requests = 20_000;

    // Shares of lengths are shown by buckets of half a power of two.
    private const double BucketsPerDoubling = 2;

    private static readonly (Workload Work, double Prompt, double Output)[] s_data =
    [
        (Workload.ShareGpt, 161.31, 337.99),
        (Workload.Alpaca, 19.31, 58.45),
    ];

    public static FigureResult Run(PaperScale scale) => new(
        "lengths", "tokens of prompts and outputs, 20,000 requests drawn",
        [
            .. s_data.SelectMany(data => Claims(data.Work, data.Prompt, data.Output)),
            .. Weighed(),
            .. Chat(),
        ],
        [.. s_data.Select(data => ChartOf(data.Work))]);

    private static IEnumerable<Claim> Claims(Workload work, double prompt, double output)
    {
        (string Name, IReadOnlyList<int> Tokens, double Paper)[] parts =
            [("prompts", Prompts(work), prompt), ("outputs", Outputs(work), output)];
        foreach (var (name, tokens, paper) in parts)
        {
            yield return new Claim($"{work.Name}, {name}: mean", tokens.Average(), paper);
            foreach (var share in (double[])[0.1, 0.5, 0.9])
            {
                yield return new Claim(
                    $"{work.Name}, {name}: {share:P0} have at most",
                    tokens.Order().ElementAt((int)(share * tokens.Count)));
            }
        }
    }

    // Orca (Max) of the paper's figure 2 holds 20.4 % of 2,048 of each 91.1 %, and will hold 33.7.
    private static IEnumerable<Claim> Weighed()
    {
        var (prompts, outputs) = (Prompts(Workload.ShareGpt), Outputs(Workload.ShareGpt));
        var time = outputs.Sum(tokens => (double)tokens);
        yield return new Claim(
            "ShareGPT, weighed by time: tokens at the end (the spread follows from the paper's)",
            prompts.Zip(outputs, (prompt, output) => (double)output * (prompt + output)).Sum()
                / time, 758);
        yield return new Claim(
            "ShareGPT, weighed by time: tokens held",
            prompts.Zip(outputs, (prompt, output) => output * (prompt + 0.5 * output)).Sum()
                / time, 459);
    }

    private static IEnumerable<Claim> Chat()
    {
        var prompts = Prompts(Workload.Chat);
        yield return new Claim("conversations, prompts: mean", prompts.Average());
        yield return new Claim(
            "conversations: prompts that are cut to 1,024 tokens",
            100.0 * prompts.Count(tokens => tokens == Workload.HistoryMax) / prompts.Count,
            Unit: " %")
        {
            Said = "most",
        };
        yield return new Claim("conversations, outputs: mean", Outputs(Workload.Chat).Average());
    }

    private static Chart ChartOf(Workload work) => new(
        work.Name, "tokens", "% of the requests",
        [Histogram("prompts", Prompts(work)), Histogram("outputs", Outputs(work))])
    {
        IsLog = true,
        HasRoundTicks = true,
    };

    private static Line Histogram(string name, IReadOnlyList<int> tokens) => new(
        name,
        [
            .. tokens
                .CountBy(length => (int)(BucketsPerDoubling * Math.Log2(length)))
                .OrderBy(bucket => bucket.Key)
                .Select(bucket => (
                    Math.Pow(2, (bucket.Key + 0.5) / BucketsPerDoubling),
                    100.0 * bucket.Value / tokens.Count)),
        ]);

    private static IReadOnlyList<int> Prompts(Workload work) =>
        [.. work.Burst(Requests).Select(one => one.Request.Prompt.Length)];

    private static IReadOnlyList<int> Outputs(Workload work) =>
        [.. work.Burst(Requests).Select(one => one.Request.Stop.MaxTokens)];
}
