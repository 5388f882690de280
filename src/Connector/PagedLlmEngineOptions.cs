namespace SkPaged.Connector;

/// <summary>
/// How a model is run. Whatever is null is chosen for the machine or by the model.
/// </summary>
public sealed record PagedLlmEngineOptions
{
    /// <summary>The name that clients and services report. Null: the folder's.</summary>
    public string? ModelId { get; set; }

    /// <summary>A Jinja chat template instead of the model's own.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>"cpu", "cuda" or "cuda:N". Null: CUDA where there is one, else the CPU.</summary>
    public string? Device { get; set; }

    /// <summary>"float32" or "bfloat16". Null: as the weights are stored.</summary>
    public string? Dtype { get; set; }

    /// <summary>Tokens a block holds. 1 .. 1,024, default 16.</summary>
    public int BlockSize { get; set; } = 16;

    /// <summary>Blocks of the KV cache, at least 1. Null: as many as memory lets.</summary>
    public int? KvBlocks { get; set; }

    /// <summary>Tokens a request may have, prompt and output. Null: the model's length.</summary>
    public int? MaxLength { get; set; }

    /// <summary>Sequences that run at once, at least 1, default 256.</summary>
    public int MaxSequences { get; set; } = 256;

    /// <summary>Tokens a step computes at most, at least 1, default 2,048.</summary>
    public int MaxBatchedTokens { get; set; } = 2048;

    /// <summary>
    /// Requests that may wait, at least 1, default 65,536. One more is refused with an
    /// <see cref="Engine.Cuda.EngineOverloadedException"/>.
    /// </summary>
    public int MaxWaiting { get; set; } = 65_536;
}
