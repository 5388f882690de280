using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector;

/// <summary>How a model is run. Whatever is null is chosen by machine or model.</summary>
/// <remarks>
/// Values out of range are told when a host starts, else when the model is loaded, all of them in
/// one <see cref="EngineConfigException"/>.
/// </remarks>
public sealed record PagedLlmEngineOptions
{
    private static readonly LlmEngineOptions Own = new();

    /// <summary>
    /// The name that clients, services and metrics report. Not blank; null, the default: the
    /// folder's.
    /// </summary>
    public string? ModelId { get; set; }

    /// <summary>
    /// A Jinja chat template instead of the model's own; null, the default: that one. One that does
    /// not compile is a <see cref="ModelFolderException"/>.
    /// </summary>
    public string? ChatTemplate { get; set; }

    /// <summary>
    /// How the model calls tools. Null, the default: as its chat template shows.
    /// </summary>
    public ToolCallFamily? ToolCalls { get; set; }

    /// <summary>Where to compute. Default: CUDA if there is any, else the CPU.</summary>
    public EngineDevice Device { get; set; } = Own.Device;

    /// <summary>
    /// What to compute in. Null, the default: bfloat16 if the model was published in it, on a CUDA
    /// device also float16; else float32.
    /// </summary>
    public EngineDType? DType { get; set; }

    /// <summary>
    /// Where the weights come from. Default: the model's files. Random ones need the folder's
    /// <c>config.json</c>, tokenizer and chat template alone.
    /// </summary>
    public LoadFormat LoadFormat { get; set; } = Own.LoadFormat;

    /// <summary>Tokens a block of the KV cache holds. 1 .. 1,024, default 16.</summary>
    public int BlockSize { get; set; } = Own.BlockSize;

    /// <summary>
    /// Blocks of the KV cache, at least 1. Null, the default: what
    /// <see cref="GpuMemoryUtilization"/> gives, or on a CPU <see cref="KvMemoryFraction"/>.
    /// </summary>
    public int? KvBlocks { get; set; }

    /// <summary>
    /// On a CUDA device: the share of the memory that is free once the weights are loaded and the
    /// longest step has run that the KV cache takes. (0, 1], default 0.9.
    /// </summary>
    public double GpuMemoryUtilization { get; set; } = Own.GpuMemoryUtilization;

    /// <summary>
    /// On a CPU: the share of the memory that is free once the weights are loaded that the KV
    /// cache may take. (0, 1], default 0.25.
    /// </summary>
    public double KvMemoryFraction { get; set; } = Own.KvMemoryFraction;

    /// <summary>
    /// Tokens a request may have, prompt and output together. 2 .. the model's own limit; null, the
    /// default: that limit.
    /// </summary>
    public int? MaxModelLength { get; set; }

    /// <summary>Sequences that run at once, at least 1, default 256.</summary>
    public int MaxSequences { get; set; } = Own.MaxSequences;

    /// <summary>Tokens a step computes at most, at least 1, default 2,048.</summary>
    public int MaxBatchedTokens { get; set; } = Own.MaxBatchedTokens;

    /// <summary>
    /// Tokens of one prompt a step computes at most; 0 = up to the budget. Default 0.
    /// </summary>
    public int LongPrefillThreshold { get; set; } = Own.LongPrefillThreshold;

    /// <summary>
    /// Share of the KV cache that admission leaves free for those running. [0, 1), default 0.01.
    /// </summary>
    public double Watermark { get; set; } = Own.Watermark;

    /// <summary>
    /// Requests that may wait, at least 1, default 65,536. One more is refused with an
    /// <see cref="EngineOverloadedException"/>.
    /// </summary>
    public int MaxWaiting { get; set; } = Own.MaxWaiting;

    /// <summary>
    /// What a request may take from its submission to its end, waiting included; one that takes
    /// longer fails with a <see cref="RequestTimeoutException"/>. More than 0, at most 24 days;
    /// null, the default: no limit.
    /// </summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>
    /// Whether requests that begin alike share the blocks of their beginning, also with those that
    /// have ended. Default true.
    /// </summary>
    public bool PrefixCaching { get; set; } = Own.PrefixCaching;

    /// <summary>Who goes first. Default: first come, first served.</summary>
    public SchedulingPolicy Policy { get; set; } = Own.Policy;

    /// <summary>
    /// What a token of a prompt that is computed counts under fair share, 1 .. 1,000. Default 1.
    /// </summary>
    public int PromptTokenWeight { get; set; } = Own.PromptTokenWeight;

    /// <summary>What a token of output counts under fair share, 1 .. 1,000. Default 2.</summary>
    public int OutputTokenWeight { get; set; } = Own.OutputTokenWeight;

    /// <summary>
    /// Bytes of the host's memory that keep the blocks of those that give way. At least one
    /// block's, or 0, the default: what they had computed is computed again.
    /// </summary>
    public long HostCacheBytes { get; set; } = Own.HostCacheBytes;

    /// <summary>
    /// Whether those that give way move to the host's memory or are computed again. Default: what
    /// costs less.
    /// </summary>
    public PreemptionMode PreemptionMode { get; set; } = Own.PreemptionMode;

    /// <summary>
    /// For <see cref="PreemptionMode.Auto"/>: the time to move one block one way / the time to
    /// compute one token of a prompt. 0 .. 1,000,000, default 1.
    /// </summary>
    public double SwapCostPerBlock { get; set; } = Own.SwapCostPerBlock;

    /// <summary>
    /// Threads that compute on the CPU, 1 .. 1,024. Null, the default: one a core.
    /// </summary>
    public int? Threads { get; set; }

    /// <summary>
    /// Where to record all that the engine is told, for <c>bench -- replay</c>: a path, one that
    /// ends in ".gz" is compressed. It must be in a folder that exists and be writable; what is
    /// there is written over. Holds prompts and answers as token ids. Null, the default: nothing is
    /// recorded.
    /// </summary>
    public string? EventLog { get; set; }

    /// <summary>
    /// Rows, time and memory of the graphs of decode steps that a start on a CUDA device captures.
    /// </summary>
    public DecodeGraphOptions DecodeGraphs { get; set; } = Own.DecodeGraphs;

    /// <summary>
    /// Whether a start on a CUDA device times the algorithms that cuBLASLt has for its products and
    /// keeps the fastest, on disk as well. Default true; the first start takes some seconds longer.
    /// </summary>
    public bool TuneProducts { get; set; } = Own.TuneProducts;

    internal LlmEngineOptions ToEngineOptions(string name) =>
        Own with
        {
            Device = Device,
            DType = DType,
            LoadFormat = LoadFormat,
            BlockSize = BlockSize,
            KvBlocks = KvBlocks,
            GpuMemoryUtilization = GpuMemoryUtilization,
            KvMemoryFraction = KvMemoryFraction,
            MaxModelLength = MaxModelLength,
            MaxSequences = MaxSequences,
            MaxBatchedTokens = MaxBatchedTokens,
            LongPrefillThreshold = LongPrefillThreshold,
            Watermark = Watermark,
            MaxWaiting = MaxWaiting,
            PrefixCaching = PrefixCaching,
            Policy = Policy,
            PromptTokenWeight = PromptTokenWeight,
            OutputTokenWeight = OutputTokenWeight,
            HostCacheBytes = HostCacheBytes,
            PreemptionMode = PreemptionMode,
            SwapCostPerBlock = SwapCostPerBlock,
            Threads = Threads,
            DecodeGraphs = DecodeGraphs,
            TuneProducts = TuneProducts,
            Loop = Own.Loop with
            {
                Name = name,
                RequestTimeout = RequestTimeout,
                EventLog = EventLog,
            },
        };
}
