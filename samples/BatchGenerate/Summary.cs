using SkPaged.Engine.Cuda;

namespace SkPaged.BatchGenerate;

/// <summary>What the run came to, for people: goes to standard error.</summary>
internal static class Summary
{
    public static string Of(
        EngineSnapshot engine, int lines, int failed, long outputTokens, TimeSpan time) =>
        $"""
        lines           {lines} ({failed} failed) in {time.TotalSeconds:F2} s
        output tokens   {outputTokens} ({outputTokens / time.TotalSeconds:F1} tokens/s)
        computed        {engine.PrefillTokens} prefill + {engine.DecodeTokens} decode tokens
        prefix cache    {engine.CachedTokens} tokens found, {engine.Evictions} blocks evicted
        steps           {engine.Steps} ({engine.StepsFailed} failed)
        peak blocks     {engine.BlocksLivePeak} of {engine.BlocksTotal}
        KV utilisation  {engine.KvUtilisationMean:P1} (tokens held / slots held, over all steps)
        COW copies      {engine.Copies} blocks
        swapped         {engine.BlocksSwappedOut} blocks out, {engine.BlocksSwappedIn} blocks in
        preemptions     {engine.PreemptionsByRecompute} by recompute, {Swaps(engine)}
        """;

    private static string Swaps(EngineSnapshot engine) =>
        $"{engine.PreemptionsBySwap} by swap";
}
