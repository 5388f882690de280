// What attention of single queries shares, whatever computes it. The work of a step is a line of
// units of keys, which as many blocks of threads as the device holds share out evenly: few long
// sequences fill it as well as many short ones, and no block has more to do than another. How many
// keys a unit has is the host's choice: QueryUnits.cs.
//
//   line:    | query 0, heads 0 | query 0, heads 1 | ... | query 1, heads 0 | ...
//   blocks:  | 0          | 1           | 2         | ...
//
// Where a query and its heads are more than one block's, each leaves what it has found, and the one
// that is done last merges all of it.
//
// Source: Dao et al., "Flash-Decoding", 2023; Osama et al., "Stream-K", PPoPP '23.
#pragma once
#include "common.cuh"

#define HEAD_TILE (GROUP < 8 ? GROUP : 8) // query heads of a block
#define TILES ((GROUP + HEAD_TILE - 1) / HEAD_TILE)
#define HEAD_BLOCKS (KV_HEADS * TILES)

// What a block leaves: for each query head HEAD_DIM sums, then the greatest score, then the mass;
// 16 bytes aligned. It leaves two at most: of what it began with, and of what it ended with.
#define PARTIAL ((HEAD_DIM + 2 + 3) / 4 * 4)
#define PARTIALS (HEAD_TILE * PARTIAL)

// The arguments of all attention of single queries.
//   qkv              [tokens, QKV_HEADS, HEAD_DIM]
//   queries[q]       its token; null: q itself
//   lengths[q]       keys that it sees; 0: it is none
//   tables[q]        where its block table begins in `blocks`
//   units[q]         units of all queries before it; units[count]: of all; units[count + 1]: keys
//                    of a unit, a multiple of 64
//   output           [tokens, QUERY_HEADS, HEAD_DIM]
//   partials         two a block
//   counters         [queries, HEAD_BLOCKS], 0 before and after
struct attention {
    const element *qkv, *keys, *values;
    const int *blocks, *queries, *lengths, *tables, *units;
    element* output;
    float* partials;
    unsigned* counters;
    int count;
    float scale;
};

// All units, and the blocks of threads that share them out: each has one at least.
struct line {
    long long total;
    long long blocks;

    __device__ __forceinline__ long long first_of(int block) const {
        return total * block / blocks;
    }

    __device__ __forceinline__ int block_at(long long unit) const {
        return (int)(((unit + 1) * blocks - 1) / total);
    }
};

// A part of the line: keys [first, end) of a query for some query heads of a group.
struct segment {
    int query, token, kv_head, first_head, heads, first, end;
    int item;                    // which query and heads
    int first_block, last_block; // who share them
    int slot;                    // of what this block leaves
    long long next;              // where the line goes on
    bool is_first;               // of this block's

    __device__ __forceinline__ bool is_whole() const { return first_block == last_block; }
};

__device__ __forceinline__ segment segment_at(
    const attention& all, const line& line, long long start, long long end, bool is_first) {
    // The last query that does not begin behind it.
    int low = 0, high = all.count;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if ((long long)all.units[middle] * HEAD_BLOCKS <= start)
            low = middle;
        else
            high = middle;
    }
    segment part;
    part.query = low;
    part.token = all.queries ? all.queries[low] : low;
    const int units = all.units[low + 1] - all.units[low];
    const long long begin = (long long)all.units[low] * HEAD_BLOCKS;
    const int heads = (int)((start - begin) / units);
    const long long from = begin + (long long)heads * units;
    part.item = low * HEAD_BLOCKS + heads;
    part.kv_head = heads / TILES;
    part.first_head = heads % TILES * HEAD_TILE;
    part.heads = min(HEAD_TILE, GROUP - part.first_head);
    part.next = min(end, from + units);
    const int keys = all.units[all.count + 1];
    part.first = (int)(start - from) * keys;
    part.end = min((int)(part.next - from) * keys, all.lengths[low]);
    part.first_block = line.block_at(from);
    part.last_block = line.block_at(from + units - 1);
    part.slot = is_first ? 0 : 1;
    part.is_first = is_first;
    return part;
}

// Every part of the line that is this block's. `attend` waits for the kernels in front when it is
// given the first one.
template <typename Attend>
__device__ __forceinline__ void for_each_segment(const attention& all, Attend attend) {
    start_next();
    line line;
    line.total = (long long)all.units[all.count] * HEAD_BLOCKS;
    line.blocks = min((long long)gridDim.x, line.total);
    if (blockIdx.x >= max(line.blocks, 1ll))
        return;
    // What the step was sent with depends on no kernel in front: but for keys, values and queries
    // all can be read before those have ended.
    if (line.total == 0) {
        wait_for_last();
        return;
    }
    const long long first = line.first_of(blockIdx.x), end = line.first_of(blockIdx.x + 1);
    segment part = segment_at(all, line, first, end, true);
    while (true) {
        attend(line, part);
        if (part.next >= end)
            return;
        __syncthreads(); // what is shared has been read
        part = segment_at(all, line, part.next, end, false);
    }
}

__device__ __forceinline__ element* output_of(
    const attention& all, const segment& part, int head) {
    return all.output + ((long long)part.token * QUERY_HEADS + part.kv_head * GROUP
        + part.first_head + head) * HEAD_DIM;
}

// An element of what a part has found: the end of it, or what is left to be merged.
__device__ __forceinline__ void leave(
    const attention& all, const segment& part, int head, int dim, float sum, float most,
    float mass) {
    if (part.is_whole()) {
        output_of(all, part, head)[dim] = narrow(sum / mass);
        return;
    }
    float* partial =
        all.partials + (blockIdx.x * 2ll + part.slot) * PARTIALS + head * PARTIAL;
    partial[dim] = sum;
    if (dim == 0) {
        partial[HEAD_DIM] = most;
        partial[HEAD_DIM + 1] = mass;
    }
}

// What block number `i` of those that share an item has left.
__device__ __forceinline__ const float* left_by(
    const attention& all, const segment& part, int slot_of_first, int i) {
    const int slot = i == 0 ? slot_of_first : 0;
    return all.partials + ((part.first_block + i) * 2ll + slot) * PARTIALS;
}

// After all of a part is left: the block that comes here last merges what all have left.
// `exponential` is of the scores' unit.
template <typename Exponential>
__device__ __forceinline__ void merge_if_last(
    const attention& all, const line& line, const segment& part, Exponential exponential) {
    __shared__ bool last;
    __shared__ float greatest[HEAD_TILE], masses[HEAD_TILE];
    if (part.is_whole())
        return;
    const int count = part.last_block - part.first_block + 1;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0)
        last = atomicInc(all.counters + part.item, count - 1) == count - 1;
    __syncthreads();
    if (!last)
        return;
    __threadfence();
    // The first of them has begun with this item, or come to it.
    const long long units = all.units[part.query + 1] - all.units[part.query];
    const long long from = (long long)all.units[part.query] * HEAD_BLOCKS
        + part.item % HEAD_BLOCKS * units;
    const int slot = line.first_of(part.first_block) == from ? 0 : 1;
    const int lane = threadIdx.x % WARP;
    for (int h = threadIdx.x / WARP; h < part.heads; h += blockDim.x / WARP) {
        float most = minus_infinity(), mass = 0;
        for (int i = lane; i < count; i += WARP)
            most = fmaxf(most, __ldcg(left_by(all, part, slot, i) + h * PARTIAL + HEAD_DIM));
        most = warp_max(most);
        for (int i = lane; i < count; i += WARP) {
            const float* at = left_by(all, part, slot, i) + h * PARTIAL + HEAD_DIM;
            mass += exponential(__ldcg(at) - most) * __ldcg(at + 1);
        }
        mass = warp_sum(mass);
        if (lane == 0) {
            greatest[h] = most;
            masses[h] = mass;
        }
    }
    __syncthreads();
    for (int i = threadIdx.x * 4; i < part.heads * HEAD_DIM; i += blockDim.x * 4) {
        const int h = i / HEAD_DIM, d = i % HEAD_DIM;
        four sum = {0, 0, 0, 0};
#pragma unroll 8
        for (int b = 0; b < count; b++) {
            const float* at = left_by(all, part, slot, b) + h * PARTIAL;
            const float weight = exponential(__ldcg(at + HEAD_DIM) - greatest[h]);
            const float4 x = __ldcg((const float4*)(at + d));
            sum.x[0] += weight * x.x;
            sum.x[1] += weight * x.y;
            sum.x[2] += weight * x.z;
            sum.x[3] += weight * x.w;
        }
#pragma unroll
        for (int j = 0; j < 4; j++)
            sum.x[j] /= masses[h];
        store_four(output_of(all, part, h) + d, sum);
    }
}

#define ATTENTION_ARGUMENTS \
    const element *qkv, const element *keys, const element *values, const int *blocks, \
    const int *queries, const int *lengths, const int *tables, const int *units, \
    element *output, float *partials, unsigned *counters, int count, float scale

#define ATTENTION \
    {qkv, keys, values, blocks, queries, lengths, tables, units, output, partials, counters, \
        count, scale}
