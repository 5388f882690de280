using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>GPUs of one host that run a model together.</summary>
/// <param name="Name">Of one.</param>
/// <param name="Count">How many.</param>
/// <param name="Bandwidth">Of one's memory, bytes a second, by its maker.</param>
/// <param name="Products">Of one, 16-bit operations a second, by its maker.</param>
internal sealed record Gpus(string Name, int Count, double Bandwidth, double Products);

/// <summary>A model on GPUs: how many tokens its cache holds, and what its steps take.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Slots">Tokens of the KV cache.</param>
/// <param name="Cost">Of a step.</param>
internal sealed record Preset(string Name, int Slots, CostModel Cost)
{
    /// <summary>Tokens of a sequence at most: OPT's.</summary>
    public int LengthMax { get; init; } = ServingSystem.LengthMax;

    /// <summary>Tokens that there are.</summary>
    public int Vocabulary { get; init; } = ServingSystem.Vocabulary;

    /// <summary>Sequences at once at most, for all systems.</summary>
    public int SequencesMax { get; init; } = 256;

    /// <summary>Of beginning to copy K and V of all layers, each copy on its own.</summary>
    public double CopySecondsUnfused { get; init; }

    // Of what the makers promise, what our own kernels reach: an 8B model on an H200 reads its
    // weights at 79 % of a copy's bandwidth, and computes prompts at 70 to 75 % of a large product
    // (docs/measurements.md).
    private const double BandwidthShare = 0.79;
    private const double ProductShare = 0.7;

    // 25 GB/s is what PCIe 4.0 x16 gives; a copy of one layer's K or V, of a block to the host or
    // of a whole chunk, is begun by the driver in about 5 µs. Both are assumptions, not measured.
    private const double BusBytes = 25e9;
    private const double CopySeconds = 5e-6;

    private static readonly Gpus s_a100 = new("A100 40 GB", 1, 1.555e12, 312e12);
    private static readonly Gpus s_a100Large = new("A100 80 GB", 8, 2.039e12, 312e12);

    // What an A100 reads from its cache: measured, buffers of up to 25 MB (gpu-benches
    // by D. Ernst, gpu-l2-cache/a100_80.txt). K and V of 341 tokens of one layer are 7 MB.
    private const double CacheBandwidth = 5.4e12;

    // Of an all-reduce over eight A100 with NVLink, as NCCL counts it: measured (nccl-tests, issue
    // 149). What an all-reduce takes however small it is, is not known and not in it.
    private const double BusBandwidth = 200e9;

    /// <summary>OPT-13B on one A100 of 40 GB. Source: SOSP '23, table 1.</summary>
    public static Preset Opt13B { get; } = Opt("OPT-13B", s_a100, 13e9, 40, 5120, 15_700);

    /// <summary>OPT-66B on four.</summary>
    public static Preset Opt66B { get; } =
        Opt("OPT-66B", s_a100 with { Count = 4 }, 66e9, 64, 9216, 9_700);

    /// <summary>OPT-175B on eight of 80 GB.</summary>
    public static Preset Opt175B { get; } =
        Opt("OPT-175B", s_a100Large, 173e9, 96, 12_288, 60_100);

    /// <summary>
    /// The same on an engine that takes no time but the memory's and the products': what the
    /// paper's own constants make of its ratios.
    /// </summary>
    public Preset AsRoofline => this with
    {
        Name = $"{Name}, roofline alone",
        Cost = Cost with { Step = 0, Row = 0 },
    };

    /// <summary>Whether it is one.</summary>
    public bool IsRoofline => Cost is { Step: 0, Row: 0 };

    /// <summary>LLaMA-13B, of the same sizes as OPT-13B.</summary>
    public static Preset Llama13B { get; } = Opt13B with { Name = "LLaMA-13B" };

    /// <summary>
    /// Llama-3.1-8B in bfloat16 on one H200, its cost fitted to measured steps of ours. Slots: 0.9
    /// of what 16 GB of weights leave of 150 GB, 131,072 bytes a token.
    /// </summary>
    public static Preset Llama8BOnH200 { get; } =
        new("Llama-3.1-8B, H200", 920_000, CostFit.Of(H200Steps.All).Model);

    private static Preset Opt(
        string name, Gpus gpus, double parameters, int layers, int hidden, int slots) =>
        new(name, slots, Roofline(gpus, parameters, layers, hidden) with
        {
            Step = PaperEngine.Step,
            Row = PaperEngine.Row,
        })
        {
            CopySecondsUnfused = 2 * layers * CopySeconds,
        };

    private static CostModel Roofline(Gpus gpus, double parameters, int layers, int hidden)
    {
        // K and V of a token, in 16 bits, over all layers.
        var kvBytes = 2.0 * 2 * layers * hidden;
        var bandwidth = gpus.Count * gpus.Bandwidth * BandwidthShare;
        var products = gpus.Count * gpus.Products * ProductShare;
        return new CostModel
        {
            Weights = 2 * parameters / bandwidth,
            Token = 2 * parameters / products,
            Read = kvBytes / bandwidth,
            Reread = kvBytes / (gpus.Count * CacheBandwidth),
            // Two sums of 16-bit activations a layer, each sent 2 (n - 1) / n times.
            AllReduce = 2.0 * layers * 2 * hidden * 2 * (gpus.Count - 1) / gpus.Count
                / BusBandwidth,
            // A query against a key and its value: two products of the hidden size each.
            Pair = kvBytes / products,
            SwapToken = kvBytes / (gpus.Count * BusBytes),
            SwapBlock = 2 * layers * CopySeconds,
        };
    }
}
