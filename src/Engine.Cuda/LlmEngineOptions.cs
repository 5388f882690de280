using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>Where an engine computes.</summary>
public enum EngineDevice
{
    /// <summary>On the first CUDA device if there is one, else on the CPU.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On the first CUDA device.</summary>
    Cuda,
}

/// <summary>What weights, activations and the KV cache are held in.</summary>
public enum EngineDType
{
    /// <summary>4 bytes.</summary>
    Float32,

    /// <summary>2 bytes: float32's range, 8 significant bits.</summary>
    BFloat16,

    /// <summary>2 bytes: at most 65,504, 11 significant bits. On CPUs torch alone, slow.</summary>
    Float16,
}

/// <summary>Where an engine's weights come from.</summary>
public enum LoadFormat
{
    /// <summary>From the model's files.</summary>
    Auto,

    /// <summary>
    /// Drawn at random by a fixed seed: a <c>config.json</c> alone will do. For measuring shapes;
    /// the text is noise.
    /// </summary>
    Dummy,
}

/// <summary>What runs an engine's steps.</summary>
public enum EngineExecutor
{
    /// <summary>The fast one of the device: own kernels on a CUDA device, else torch.</summary>
    Auto,

    /// <summary>Torch on any device: the readable reference, and slow on a CUDA device.</summary>
    Torch,
}

/// <summary>How an engine is set up. The defaults fit one model on one machine.</summary>
public sealed record LlmEngineOptions
{
    /// <summary>
    /// Where to compute. Default: CUDA if there is any and all that the engine needs on it, else
    /// the CPU; the log says which and why.
    /// </summary>
    public EngineDevice Device { get; init; } = EngineDevice.Auto;

    /// <summary>What runs the steps. Default: the fast one of the device.</summary>
    public EngineExecutor Executor { get; init; } = EngineExecutor.Auto;

    /// <summary>
    /// What to compute in. Null, the default: bfloat16 if the model was published in it, on a CUDA
    /// device also float16 if it was published in that, else float32.
    /// </summary>
    public EngineDType? DType { get; init; }

    /// <summary>Where the weights come from. Default: the model's files.</summary>
    public LoadFormat LoadFormat { get; init; } = LoadFormat.Auto;

    /// <summary>Tokens a block of the KV cache holds. 1 .. 1,024, default 16.</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>
    /// Blocks of the KV cache, at least 1. Null, the default: what
    /// <see cref="GpuMemoryUtilization"/> gives, or on a CPU <see cref="KvMemoryFraction"/>; at
    /// least one sequence of the full length, and at most as many of them as may run.
    /// </summary>
    public int? KvBlocks { get; init; }

    /// <summary>
    /// On a CUDA device: the share of the memory that is free once the weights are loaded and the
    /// longest step has run that the KV cache takes. (0, 1], default 0.9.
    /// </summary>
    public double GpuMemoryUtilization { get; init; } = 0.9;

    /// <summary>
    /// On a CPU: the share of the memory that is free once the weights are loaded that the KV
    /// cache may take; one sequence of the full length may go beyond it. (0, 1], default 0.25.
    /// </summary>
    public double KvMemoryFraction { get; init; } = 0.25;

    /// <summary>
    /// Bytes of the host's memory for sequences that make room for others: they come back without
    /// being computed again. At least one block's (<see cref="BlockSize"/> tokens, over all
    /// layers), or 0, the default: none.
    /// </summary>
    public long HostCacheBytes { get; init; }

    /// <summary>
    /// The same as a number of blocks, 0 or more, in place of <see cref="HostCacheBytes"/>. Null,
    /// the default: as many as these bytes hold.
    /// </summary>
    public int? HostBlocks { get; init; }

    /// <summary>
    /// What becomes of the blocks of those that make room. Without room in the host's memory their
    /// tokens are computed again; <see cref="PreemptionMode.Swap"/> without any is an error.
    /// Default <see cref="PreemptionMode.Auto"/>.
    /// </summary>
    public PreemptionMode PreemptionMode { get; init; }

    /// <summary>
    /// For <see cref="PreemptionMode.Auto"/>: time to move one block one way / time to compute one
    /// token of a prompt. 0 .. 1,000,000, default 1.
    /// </summary>
    public double SwapCostPerBlock { get; init; } = 1;

    /// <summary>
    /// Tokens a step computes at most, prefill and decode; at least 1, default 2,048.
    /// </summary>
    public int MaxBatchedTokens { get; init; } = 2048;

    /// <summary>Sequences that run at once, at least 1, default 256.</summary>
    public int MaxSequences { get; init; } = 256;

    /// <summary>
    /// Tokens a sequence may have, prompt and output together. 2 .. the model's own limit; null,
    /// the default: that limit.
    /// </summary>
    public int? MaxModelLength { get; init; }

    /// <summary>Requests that may wait, at least 1, default 65,536.</summary>
    public int MaxWaiting { get; init; } = 65_536;

    /// <summary>
    /// Tokens of one prompt a step computes at most; 0 = up to the budget. Default 0.
    /// </summary>
    public int LongPrefillThreshold { get; init; }

    /// <summary>
    /// Share of the KV cache that admission leaves free for those running. [0, 1), default 0.01.
    /// </summary>
    public double Watermark { get; init; } = 0.01;

    /// <summary>
    /// Whether requests that begin alike share the blocks of their beginning, also with those that
    /// have ended. Default true.
    /// </summary>
    public bool PrefixCaching { get; init; } = true;

    /// <summary>
    /// Who goes first: those that came first, those of the lowest priority number, or those of
    /// the tenant that was served least. Default: first come, first served.
    /// </summary>
    public SchedulingPolicy Policy { get; init; }

    /// <summary>
    /// What a computed prompt token counts for where tenants share fairly. 1 .. 1,000, default 1.
    /// </summary>
    public int PromptTokenWeight { get; init; } = 1;

    /// <summary>
    /// What a token of output counts for where tenants share fairly. 1 .. 1,000, default 2.
    /// </summary>
    public int OutputTokenWeight { get; init; } = 2;

    /// <summary>
    /// Threads that compute on the CPU, 1 .. 1,024; null, the default: one a core.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>Limits of the graphs that a start on a CUDA device captures.</summary>
    public DecodeGraphOptions DecodeGraphs { get; init; } = new();

    /// <summary>
    /// Whether a start on a CUDA device times the algorithms that cuBLASLt has for each product of
    /// its graphs and of its longest step, and uses the fastest from then on. Default true; false:
    /// the library's first choice. What was chosen is kept beside the compiled kernels, by device,
    /// type and version of the library; a start that finds nothing there takes some seconds longer.
    /// Two tunings may choose differently where times are close, and results then differ in their
    /// last bits.
    /// </summary>
    public bool TuneProducts { get; init; } = true;

    /// <summary>Name, mailbox, seeds and clock of the loop.</summary>
    public EngineLoopOptions Loop { get; init; } = new();

    internal int ThreadsOrDefault => Threads ?? CpuCores.Physical();

    // Everything that the scheduler's own validation does not see.
    internal IEnumerable<ConfigError> Errors(int modelLength)
    {
        if (!Enum.IsDefined(Device))
            yield return new(nameof(Device), $"{Device}", "Auto, Cpu or Cuda");
        if (!Enum.IsDefined(Executor))
            yield return new(nameof(Executor), $"{Executor}", "Auto or Torch");
        if (DType is { } dtype && !Enum.IsDefined(dtype))
            yield return new(nameof(DType), $"{dtype}", "Float32, BFloat16 or Float16");
        if (!Enum.IsDefined(LoadFormat))
            yield return new(nameof(LoadFormat), $"{LoadFormat}", "Auto or Dummy");
        if (KvBlocks is < 1)
            yield return new(nameof(KvBlocks), $"{KvBlocks}", "at least 1");
        if (KvMemoryFraction is not (> 0 and <= 1))
            yield return new(nameof(KvMemoryFraction), $"{KvMemoryFraction}", "in (0, 1]");
        if (GpuMemoryUtilization is not (> 0 and <= 1))
            yield return new(
                nameof(GpuMemoryUtilization), $"{GpuMemoryUtilization}", "in (0, 1]");
        if (HostCacheBytes < 0)
            yield return new(nameof(HostCacheBytes), $"{HostCacheBytes}", "0 (none) or more");
        if (HostBlocks is < 0)
            yield return new(nameof(HostBlocks), $"{HostBlocks}", "0 (none) or more");
        if (HostBlocks is not null && HostCacheBytes != 0)
            yield return new(
                nameof(HostBlocks), $"{HostBlocks}",
                $"null where {nameof(HostCacheBytes)} is given");
        // It would never swap, and not say so.
        if (PreemptionMode == PreemptionMode.Swap && HostBlocks is null or 0 && HostCacheBytes == 0)
            yield return new(
                nameof(PreemptionMode), $"{PreemptionMode}",
                $"Auto or Recompute without {nameof(HostBlocks)} or {nameof(HostCacheBytes)}");
        if (Threads is < 1 or > 1024)
            yield return new(nameof(Threads), $"{Threads}", "from 1 to 1024");
        if (MaxModelLength is { } length && (length < 2 || length > modelLength))
            yield return new(
                nameof(MaxModelLength), $"{length}", $"from 2 to {modelLength}, the model's limit");
        if (DecodeGraphs is null)
            yield return new(nameof(DecodeGraphs), "null", "given");
        foreach (var error in DecodeGraphs?.Errors() ?? [])
            yield return error;
        if (Loop is null)
            yield return new(nameof(Loop), "null", "given");
        foreach (var error in Loop?.Errors() ?? [])
            yield return error;
    }
}
