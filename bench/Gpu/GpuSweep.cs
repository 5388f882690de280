using SkPaged.Engine.Cuda.Models;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>Steps and kernels of one shape, over batches and contexts.</summary>
internal sealed class GpuSweep(
    ModelConfig config, ScalarType dtype, int[] batches, int[] contexts, int steps,
    int repetitions, GpuPeak peak, bool tunes)
{
    private const int PrefillTokens = 8192;

    // Where K and V of one layer are several times the device's cache.
    private static readonly (int Batch, int Context)[] s_attention =
        [(16, 8192), (64, 2048), (256, 1000)];

    private static readonly (int Rows, int Tokens)[] s_prefill =
        [(1, 512), (1, 2048), (8, 1024)];

    // A repetition of decode steps, one more to warm up, and the first ones.
    private int StepsMax => steps * (repetitions + 1) + 1;

    /// <summary>Runs what is asked for, says it, and puts it into the report.</summary>
    public void Run(GpuReport report, IReadOnlySet<string> only)
    {
        using var _ = no_grad();
        if (only.Overlaps(["decode", "prefill", "swap"]))
            RunSteps(report, only);
        if (only.Contains("products"))
            using (var products = new ProductSweep(config, dtype, peak))
                report.Products = Each(
                    products.Cases().DistinctBy(each => each.Shape), products.Measure);
        if (only.Contains("products"))
            using (var gates = new GateSweep(config, dtype))
                report.Gates = Each(gates.Rows(), gates.Measure);
        if (!only.Contains("attention"))
            return;
        using var attention = new AttentionLoad(config, dtype);
        report.Attention = Each(
            s_attention, each => attention.Measure(each.Batch, each.Context, repetitions, peak));
    }

    private void RunSteps(GpuReport report, IReadOnlySet<string> only)
    {
        var length = Math.Min(config.MaxPositions, contexts.Max() + StepsMax);
        using var load = new GpuLoad(
            config, dtype, batches.Max(), length, PrefillTokens,
            Math.Max(
                GpuLoad.BlocksFor(batches.Max(), length),
                s_prefill.Max(each => GpuLoad.BlocksFor(each.Rows, each.Tokens + 1))),
            tunes);
        if (only.Contains("prefill"))
            report.Prefill = Each(s_prefill, each => Prefill(load, each.Rows, each.Tokens));
        if (only.Contains("decode"))
            report.Decode = Each(
                from context in contexts
                from batch in batches
                where Fits(load, batch, context)
                select (batch, context),
                each => Decode(load, each.batch, each.context));
        if (only.Contains("swap"))
            Console.WriteLine(report.Swap = Swap(load));
    }

    private bool Fits(GpuLoad load, int batch, int context)
    {
        var fits = context + StepsMax <= config.MaxPositions
            && GpuLoad.BlocksFor(batch, context + StepsMax) <= load.Blocks;
        if (!fits)
            Console.WriteLine($"decode {batch,3} x {context,5}: does not fit");
        return fits;
    }

    private DecodePoint Decode(GpuLoad load, int batch, int context)
    {
        load.Prepare(batch, context, StepsMax);
        load.Decode(steps);
        var (seconds, gaps) = (new List<double>(), new List<double>());
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            var (each, times) = load.Decode(steps);
            seconds.Add(each);
            gaps.Add(times.Sum(step => step.GapMilliseconds)
                / times.Sum(step => step.Milliseconds + step.GapMilliseconds));
        }
        var time = Spread.Of(seconds.Select(each => 1e3 * each));
        var middle = context + steps * (repetitions + 2) / 2;
        var bytes = load.WeightBytes + batch * middle * load.TokenBytes;
        return new(
            batch, context, time, 1e3 * batch / time.Median,
            1e3 * bytes / time.Median / peak.BytesPerSecond, Spread.Of(gaps));
    }

    private PrefillPoint Prefill(GpuLoad load, int rows, int tokens)
    {
        load.Prepare(rows, tokens, more: 1);
        load.Prefill(rows, tokens);
        var time = Spread.Of(
            Enumerable.Range(0, repetitions).Select(_ => 1e3 * load.Prefill(rows, tokens))
                .ToArray());
        return new(
            rows, tokens, time,
            1e3 * rows * Operations(tokens) / time.Median / peak.OperationsPerSecond);
    }

    private SwapPoint Swap(GpuLoad load)
    {
        load.Prepare(1, contexts.Min(), more: 1);
        var blocks = load.SwappableBlocks;
        var bytes = blocks * load.BlockBytes;
        // The step itself, without any block.
        var own = Spread.Of(
            Enumerable.Range(0, 5).Select(_ => load.Swap(true, 0)).ToArray()).Median;
        load.Swap(true, blocks);
        return new(blocks, bytes, Rate(isOut: true), Rate(isOut: false));

        Spread Rate(bool isOut) => Spread.Of(Enumerable.Range(0, repetitions)
            .Select(_ => bytes / (load.Swap(isOut, blocks) - own) / 1e9).ToArray());
    }

    // Multiplications and additions of all layers for a prompt, the head for its last token alone.
    private double Operations(double tokens)
    {
        var inner = (double)config.QueryHeads * config.HeadDim;
        var qkv = inner + 2.0 * config.KeyValueHeads * config.HeadDim;
        var layer = config.HiddenSize * (qkv + inner + 3.0 * config.IntermediateSize);
        return config.Layers * (2 * tokens * layer + 2 * tokens * tokens * inner)
            + 2.0 * config.HiddenSize * config.VocabularySize;
    }

    // Said as soon as it is known.
    private static List<TPoint> Each<TCase, TPoint>(
        IEnumerable<TCase> cases, Func<TCase, TPoint> measure)
    {
        var points = new List<TPoint>();
        foreach (var each in cases)
        {
            points.Add(measure(each));
            Console.WriteLine(points[^1]);
        }
        return points;
    }
}
