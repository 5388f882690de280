using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Models;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>The sizes that an executor reserves.</summary>
/// <param name="Device">Where weights and cache are.</param>
/// <param name="Blocks">Physical blocks of the KV cache.</param>
/// <param name="BlockSize">Tokens a block holds.</param>
/// <param name="LengthMax">Tokens a sequence may have.</param>
/// <param name="TokensMax">Tokens a step may have.</param>
/// <param name="SamplesMax">Rows of a step that may sample.</param>
/// <param name="Threads">Threads that compute on the CPU.</param>
/// <param name="UseKernels">Whether to use own kernels where there are any.</param>
/// <param name="Rotary">Of at least LengthMax positions; null: the model's own.</param>
/// <param name="HostBlocks">Blocks in the host's memory, for swapping; 0: none.</param>
/// <param name="DrawsMax">
/// Tokens that a step may draw on a GPU; 0: <paramref name="SamplesMax"/> and some more.
/// </param>
/// <param name="Graphs">What may be captured as CUDA graphs; null: the defaults.</param>
/// <param name="TuneProducts">Whether cuBLASLt's algorithms are timed at the start.</param>
/// <param name="Choices">
/// What they were tuned to, to be shared with other executors; null: the executor's own.
/// </param>
internal sealed record TorchExecutorOptions(
    Device Device,
    int Blocks,
    int BlockSize,
    int LengthMax,
    int TokensMax,
    int SamplesMax,
    int Threads,
    bool UseKernels = true,
    RotaryTable? Rotary = null,
    int HostBlocks = 0,
    int DrawsMax = 0,
    DecodeGraphOptions? Graphs = null,
    bool TuneProducts = false,
    ProductChoices? Choices = null)
{
    public DecodeGraphOptions GraphsOrDefault => Graphs ?? new();
}
