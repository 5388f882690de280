// What attention of single queries shares, whatever computes it. The keys of a query are shared out
// over blocks of threads, its splits, so that few long sequences fill the device; the block that
// is done last merges what all have found.
//
// Keys of a query:  | split 0 | split 1 | ... | the last one that has any, shorter | idle ones
//                   0        span                                                length
//
// Source: Dao et al., "Flash-Decoding", 2023.
#pragma once
#include "common.cuh"

#define HEAD_TILE (GROUP < 8 ? GROUP : 8) // query heads of a block
#define TILES ((GROUP + HEAD_TILE - 1) / HEAD_TILE)
#define LEAST_SPAN 64 // keys that are worth a block
#define SPLITS_MAX 64

// partial: for each query head of a block HEAD_DIM sums, then the greatest score, then the mass.
#define PARTIAL (HEAD_DIM + 2)

// What a block computes: keys [first, end) of a query for some query heads of a group.
struct split_work {
    int query, token, kv_head, first_head, splits, first, end;
    long long place; // of its partials, among all blocks
    int counter;     // of the blocks that share the query and the heads
};

// Grid: queries x (KV_HEADS x TILES) x splits. queries[q] is the token of query q; null: q itself.
// A query of no keys has no work.
__device__ __forceinline__ split_work work_of(const int* queries, const int* lengths) {
    split_work work;
    work.query = blockIdx.x;
    work.token = queries ? queries[work.query] : work.query;
    work.kv_head = blockIdx.y / TILES;
    work.first_head = blockIdx.y % TILES * HEAD_TILE;
    const int length = lengths[work.query];
    const int share = (length + gridDim.z - 1) / gridDim.z;
    const int span = max(LEAST_SPAN, (share + 15) / 16 * 16);
    work.splits = (length + span - 1) / span;
    work.first = blockIdx.z * span;
    work.end = min(work.first + span, length);
    work.counter = blockIdx.x * gridDim.y + blockIdx.y;
    work.place = (long long)work.counter * gridDim.z + blockIdx.z;
    return work;
}

__device__ __forceinline__ element* output_of(
    element* output, const split_work& work, int head) {
    return output + ((long long)work.token * QUERY_HEADS + work.kv_head * GROUP
        + work.first_head + head) * HEAD_DIM;
}

// Whether this block is the last of a query's to come here. What all have written is seen then.
// The counter is 0 again afterwards.
__device__ __forceinline__ bool is_last(unsigned* counters, const split_work& work) {
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0)
        last = atomicInc(counters + work.counter, work.splits - 1) == work.splits - 1;
    __syncthreads();
    __threadfence();
    return last;
}

// The splits of a query become its output. `exponential` is of the scores' unit.
template <typename Exponential>
__device__ __forceinline__ void merge_splits(
    const float* partials, element* output, const split_work& work, Exponential exponential) {
    __shared__ float weights[HEAD_TILE][SPLITS_MAX];
    __shared__ float masses[HEAD_TILE];
    const float* first = partials + (work.place - blockIdx.z) * HEAD_TILE * PARTIAL;
    const int lane = threadIdx.x % WARP, heads = min(HEAD_TILE, GROUP - work.first_head);
    for (int h = threadIdx.x / WARP; h < heads; h += blockDim.x / WARP) {
        const float* of_head = first + h * PARTIAL + HEAD_DIM;
        float most = minus_infinity(), mass = 0;
        for (int s = lane; s < work.splits; s += WARP)
            most = fmaxf(most, __ldcg(of_head + s * HEAD_TILE * PARTIAL));
        most = warp_max(most);
        for (int s = lane; s < work.splits; s += WARP) {
            const float* at = of_head + s * HEAD_TILE * PARTIAL;
            weights[h][s] = exponential(__ldcg(at) - most);
            mass += weights[h][s] * __ldcg(at + 1);
        }
        mass = warp_sum(mass);
        if (lane == 0)
            masses[h] = mass;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < heads * HEAD_DIM; i += blockDim.x) {
        const int h = i / HEAD_DIM, d = i % HEAD_DIM;
        float sum = 0;
#pragma unroll 4
        for (int s = 0; s < work.splits; s++)
            sum += weights[h][s] * __ldcg(first + (s * HEAD_TILE + h) * PARTIAL + d);
        output_of(output, work, h)[d] = narrow(sum / masses[h]);
    }
}
