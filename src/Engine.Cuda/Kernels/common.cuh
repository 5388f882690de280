// What all kernels share. In front of it stands a generated header with the sizes of the model:
//   ELEMENT      FLOAT32, FLOAT16 or BFLOAT16: of weights, activations and cache
//   HEAD_DIM     elements of a head, a multiple of 8
//   QUERY_HEADS  a multiple of
//   KV_HEADS
//   BLOCK_SIZE   tokens of a block of the KV cache, [blocks, KV_HEADS, BLOCK_SIZE, HEAD_DIM]
#pragma once
#include "ptx.cuh"

#define GROUP (QUERY_HEADS / KV_HEADS) // query heads that share a head of keys and values
#define QKV_HEADS (QUERY_HEADS + 2 * KV_HEADS)
#define ALL_LANES 0xffffffffu
#define WARP 32

// Whether tensor cores compute attention of single queries: KernelConstants.HasTensorQueries.
#define TENSOR_QUERIES (ELEMENT != FLOAT32 && (HEAD_DIM == 64 || HEAD_DIM == 128))

#if ELEMENT == FLOAT32
typedef float element;
__device__ __forceinline__ float widen(element x) { return x; }
__device__ __forceinline__ element narrow(float x) { return x; }
#else
typedef half_bits element;
#if ELEMENT == FLOAT16
__device__ __forceinline__ float widen(element x) { return float_of_half(x); }
__device__ __forceinline__ element narrow(float x) { return half_of_float(x); }
#else
__device__ __forceinline__ float widen(element x) { return float_of_bfloat(x); }
__device__ __forceinline__ element narrow(float x) { return bfloat_of_float(x); }
#endif
#endif

// Eight neighbours, 16 bytes aligned: as they lie in memory, and as numbers.
struct packed_eight {
#if ELEMENT == FLOAT32
    float4 low, high;
#else
    uint4 bits;
#endif
};

struct eight {
    float x[8];
};

__device__ __forceinline__ packed_eight load_packed(const element* from) {
#if ELEMENT == FLOAT32
    return {*(const float4*)from, *(const float4*)(from + 4)};
#else
    return {*(const uint4*)from};
#endif
}

__device__ __forceinline__ eight unpack(const packed_eight& packed) {
    eight all;
#if ELEMENT == FLOAT32
    all.x[0] = packed.low.x; all.x[1] = packed.low.y;
    all.x[2] = packed.low.z; all.x[3] = packed.low.w;
    all.x[4] = packed.high.x; all.x[5] = packed.high.y;
    all.x[6] = packed.high.z; all.x[7] = packed.high.w;
#else
    const unsigned words[4] = {packed.bits.x, packed.bits.y, packed.bits.z, packed.bits.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        all.x[2 * i] = widen((element)(words[i] & 0xffff));
        all.x[2 * i + 1] = widen((element)(words[i] >> 16));
    }
#endif
    return all;
}

__device__ __forceinline__ void store_eight(element* to, const eight& all) {
#if ELEMENT == FLOAT32
    *(float4*)to = make_float4(all.x[0], all.x[1], all.x[2], all.x[3]);
    *(float4*)(to + 4) = make_float4(all.x[4], all.x[5], all.x[6], all.x[7]);
#else
    *(uint4*)to = make_uint4(
        pack_pair(all.x[0], all.x[1]), pack_pair(all.x[2], all.x[3]),
        pack_pair(all.x[4], all.x[5]), pack_pair(all.x[6], all.x[7]));
#endif
}

// Four neighbours, as aligned as they are wide.
struct four {
    float x[4];
};

__device__ __forceinline__ four load_four(const element* from) {
#if ELEMENT == FLOAT32
    const float4 x = *(const float4*)from;
    return {x.x, x.y, x.z, x.w};
#else
    const uint2 bits = *(const uint2*)from;
    return {
        widen((element)(bits.x & 0xffff)), widen((element)(bits.x >> 16)),
        widen((element)(bits.y & 0xffff)), widen((element)(bits.y >> 16))};
#endif
}

__device__ __forceinline__ void store_four(element* to, const four& all) {
#if ELEMENT == FLOAT32
    *(float4*)to = make_float4(all.x[0], all.x[1], all.x[2], all.x[3]);
#else
    *(uint2*)to = make_uint2(pack_pair(all.x[0], all.x[1]), pack_pair(all.x[2], all.x[3]));
#endif
}

__device__ __forceinline__ float minus_infinity() { return __int_as_float(0xff800000); }

__device__ __forceinline__ float warp_sum(float x) {
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2)
        x += __shfl_xor_sync(ALL_LANES, x, step);
    return x;
}

__device__ __forceinline__ float warp_max(float x) {
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2)
        x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, step));
    return x;
}

// The sum over a block of whole warps, 1,024 threads at most, in every thread.
__device__ __forceinline__ float block_sum(float x) {
    __shared__ float sums[WARP];
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    x = warp_sum(x);
    if (lane == 0)
        sums[warp] = x;
    __syncthreads();
    x = lane < blockDim.x / WARP ? sums[lane] : 0;
    x = warp_sum(x);
    __syncthreads();
    return x;
}

// Where in the cache the key or value of a head and a slot = block x BLOCK_SIZE + offset lies.
__device__ __forceinline__ long long slot_offset(int block, int offset, int head) {
    return (((long long)block * KV_HEADS + head) * BLOCK_SIZE + offset) * HEAD_DIM;
}
