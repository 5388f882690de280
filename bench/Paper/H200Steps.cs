namespace SkPaged.Bench.Paper;

/// <summary>
/// Steps of Llama-3.1-8B in bfloat16 on one H200, as measured: docs/measurements.md, "A GPU: a
/// shape whole".
/// </summary>
internal static class H200Steps
{
    private static readonly (int Batch, int Context, double Milliseconds)[] s_decodes =
    [
        (1, 512, 4.514), (8, 512, 4.856), (32, 512, 5.517), (64, 512, 6.321), (128, 512, 8.007),
        (256, 512, 13.037), (512, 512, 22.062), (1, 1000, 4.515), (8, 1000, 4.979),
        (32, 1000, 5.971), (64, 1000, 7.268), (128, 1000, 9.863), (256, 1000, 16.597),
        (512, 1000, 29.129), (1, 2048, 4.604), (8, 2048, 5.237), (32, 2048, 7.001),
        (64, 2048, 9.265), (128, 2048, 13.711), (256, 2048, 24.366),
    ];

    private static readonly (int Rows, int Tokens, double Milliseconds)[] s_prompts =
        [(1, 512, 12.32), (1, 2048, 54.46), (8, 1024, 203.83)];

    public static IReadOnlyList<MeasuredStep> All { get; } =
    [
        .. s_decodes.Select(step => new MeasuredStep(
            new CostModel.Shape(
                step.Batch, step.Batch, (long)step.Batch * step.Context, 0, 0, 0, 0),
            step.Milliseconds / 1000)),
        .. s_prompts.Select(step => new MeasuredStep(
            new CostModel.Shape(
                step.Rows, step.Rows * step.Tokens, (long)step.Rows * step.Tokens,
                0.5 * step.Rows * step.Tokens * step.Tokens, 0, 0, 0),
            step.Milliseconds / 1000)),
    ];
}
