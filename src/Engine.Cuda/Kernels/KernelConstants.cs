using SkPaged.Engine.Cuda.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>The sizes that kernels are compiled for.</summary>
/// <param name="DType">Of weights, activations and cache.</param>
/// <param name="HeadDim">A multiple of 8, at most <see cref="HeadDimMax"/>.</param>
/// <param name="QueryHeads">A multiple of the next.</param>
/// <param name="KeyValueHeads">At least 1.</param>
/// <param name="BlockSize">Tokens of a block.</param>
internal sealed record KernelConstants(
    ScalarType DType, int HeadDim, int QueryHeads, int KeyValueHeads, int BlockSize)
{
    public const int HeadDimMax = 256;

    /// <summary>What a model needs.</summary>
    public static KernelConstants Of(ModelConfig config, ScalarType dtype, int blockSize) =>
        new(dtype, config.HeadDim, config.QueryHeads, config.KeyValueHeads, blockSize);

    /// <summary>Query heads that share a head of keys and values.</summary>
    public int Group => QueryHeads / KeyValueHeads;

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes => (int)DType.ElementSize();

    /// <summary>Whether tensor cores compute attention of many queries.</summary>
    public bool HasTiles => DType != ScalarType.Float32 && HeadDim % 16 == 0
        && Group <= QueryTile.Rows;

    /// <summary>Whether they compute attention of single queries: common.cuh.</summary>
    public bool HasTensorQueries => DType != ScalarType.Float32 && HeadDim is (64 or 128);

    /// <summary>
    /// Query heads of a group whose attention one block of threads computes, as in attention.cuh.
    /// </summary>
    public int HeadTile => Math.Min(8, Group);

    /// <summary>Blocks of threads that share a query's keys among its heads.</summary>
    public int HeadBlocks => KeyValueHeads * ((Group + HeadTile - 1) / HeadTile);

    /// <summary>Why there are no kernels for these sizes; null: there are.</summary>
    public string? Problem => this switch
    {
        { DType: not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16) } =>
            $"type {DType} is none of float32, float16 and bfloat16",
        _ when HeadDim is < 8 or > HeadDimMax || HeadDim % 8 != 0 =>
            $"head dim {HeadDim} is not a multiple of 8 from 8 to {HeadDimMax}",
        _ => null,
    };

    /// <summary>The header that stands in front of every source.</summary>
    public string Header =>
        $"""
        #define FLOAT32 0
        #define FLOAT16 1
        #define BFLOAT16 2
        #define ELEMENT {DType switch
        {
            ScalarType.Float32 => "FLOAT32",
            ScalarType.Float16 => "FLOAT16",
            _ => "BFLOAT16",
        }}
        #define HEAD_DIM {HeadDim}
        #define QUERY_HEADS {QueryHeads}
        #define KV_HEADS {KeyValueHeads}
        #define BLOCK_SIZE {BlockSize}

        """;
}
