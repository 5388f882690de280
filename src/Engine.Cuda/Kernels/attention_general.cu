// Attention of single queries over the paged cache, for any type and head dim: K and V are read
// once for all query heads of a group (of eight at most), SPLIT keys at a time.
//
// Source: Kwon et al., SOSP '23, section 5.1.
#include "attention.cuh"

#if !TENSOR_QUERIES

#define THREADS 128
#define WARPS (THREADS / WARP)
#define SPLIT 256 // keys whose scores are kept at a time

// A row of K or V is read by LANES lanes, eight elements each; a warp reads ROWS rows at once.
#define PARTS (HEAD_DIM / 8)
#define LANES (PARTS <= 1 ? 1 : PARTS <= 2 ? 2 : PARTS <= 4 ? 4 : PARTS <= 8 ? 8 \
    : PARTS <= 16 ? 16 : 32)
#define ROWS (WARP / LANES)
#define UNROLL 4 // so many loads of a lane are on their way at once
#define STRIDE (WARPS * ROWS * UNROLL)

struct natural {
    __device__ float operator()(float x) const { return expf(x); }
};

__device__ __forceinline__ void attend(
    const attention& all, const line& line, const segment& work) {
    __shared__ float scores[HEAD_TILE][SPLIT];
    __shared__ float sums[WARPS][HEAD_TILE][HEAD_DIM];
    __shared__ float greatest[HEAD_TILE], masses[HEAD_TILE], rescale[HEAD_TILE];
    __shared__ int table[SPLIT / BLOCK_SIZE + 2];
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int part = lane % LANES, sub = lane / LANES;
    if (work.is_first)
        wait_for_last();

    // The group's heads follow each other, as do the tiles of a group.
    const element* query_heads = all.qkv + ((long long)work.token * QKV_HEADS
        + work.kv_head * GROUP + work.first_head) * HEAD_DIM;
    float q[HEAD_TILE][8], acc[HEAD_TILE][8];
#pragma unroll
    for (int h = 0; h < HEAD_TILE; h++) {
        const bool inside = part < PARTS && h < work.heads;
        const eight eight_of_query = inside
            ? unpack(load_packed(query_heads + h * HEAD_DIM + part * 8)) : eight{};
#pragma unroll
        for (int i = 0; i < 8; i++) {
            q[h][i] = eight_of_query.x[i] * all.scale;
            acc[h][i] = 0;
        }
    }
    if (threadIdx.x < HEAD_TILE) {
        greatest[threadIdx.x] = minus_infinity();
        masses[threadIdx.x] = 0;
    }

    for (int start = work.first; start < work.end; start += SPLIT) {
        const int count = min(SPLIT, work.end - start);
        const int first_block = start / BLOCK_SIZE;
        const int last_block = (start + count - 1) / BLOCK_SIZE;
        __syncthreads(); // the last scores and table have been read
        for (int i = threadIdx.x; i <= last_block - first_block; i += THREADS)
            table[i] = all.blocks[all.tables[work.query] + first_block + i];
        __syncthreads();

        // The part of a row of keys or values that this lane reads; zeros where there is none.
        const auto load = [&](const element* cache, int key) -> packed_eight {
            if (key >= count || part >= PARTS)
                return {};
            const int position = start + key;
            return load_packed(cache + part * 8 + slot_offset(
                table[position / BLOCK_SIZE - first_block], position % BLOCK_SIZE,
                work.kv_head));
        };

        // Scores: of every key with every head.
        for (int base = warp * ROWS * UNROLL + sub; base - sub < count; base += STRIDE) {
            packed_eight loaded[UNROLL];
#pragma unroll
            for (int u = 0; u < UNROLL; u++)
                loaded[u] = load(all.keys, base + u * ROWS);
#pragma unroll
            for (int u = 0; u < UNROLL; u++) {
                const int key = base + u * ROWS;
                const eight k = unpack(loaded[u]);
#pragma unroll
                for (int h = 0; h < HEAD_TILE; h++) {
                    float dot = 0;
#pragma unroll
                    for (int i = 0; i < 8; i++)
                        dot += q[h][i] * k.x[i];
#pragma unroll
                    for (int step = LANES / 2; step > 0; step /= 2)
                        dot += __shfl_xor_sync(ALL_LANES, dot, step);
                    if (part == 0 && key < count)
                        scores[h][key] = dot;
                }
            }
        }
        __syncthreads();

        // Weights, relative to the greatest so far; one warp a head.
        for (int h = warp; h < HEAD_TILE; h += WARPS) {
            float most = minus_infinity();
            for (int i = lane; i < count; i += WARP)
                most = fmaxf(most, scores[h][i]);
            most = fmaxf(warp_max(most), greatest[h]);
            float mass = 0;
            for (int i = lane; i < count; i += WARP) {
                const float weight = expf(scores[h][i] - most);
                scores[h][i] = weight;
                mass += weight;
            }
            mass = warp_sum(mass);
            __syncwarp();
            if (lane == 0) {
                rescale[h] = expf(greatest[h] - most);
                masses[h] = masses[h] * rescale[h] + mass;
                greatest[h] = most;
            }
        }
        __syncthreads();

        // Weighted values.
#pragma unroll
        for (int h = 0; h < HEAD_TILE; h++)
#pragma unroll
            for (int i = 0; i < 8; i++)
                acc[h][i] *= rescale[h];
        for (int base = warp * ROWS * UNROLL + sub; base < count; base += STRIDE) {
            packed_eight loaded[UNROLL];
#pragma unroll
            for (int u = 0; u < UNROLL; u++)
                loaded[u] = load(all.values, base + u * ROWS);
#pragma unroll
            for (int u = 0; u < UNROLL; u++) {
                const int key = base + u * ROWS;
                const eight v = unpack(loaded[u]);
#pragma unroll
                for (int h = 0; h < HEAD_TILE; h++) {
                    const float weight = key < count ? scores[h][key] : 0;
#pragma unroll
                    for (int i = 0; i < 8; i++)
                        acc[h][i] += weight * v.x[i];
                }
            }
        }
    }
#pragma unroll
    for (int h = 0; h < HEAD_TILE; h++)
#pragma unroll
        for (int i = 0; i < 8; i++) {
#pragma unroll
            for (int step = LANES; step < WARP; step *= 2)
                acc[h][i] += __shfl_xor_sync(ALL_LANES, acc[h][i], step);
            if (sub == 0 && part < PARTS)
                sums[warp][h][part * 8 + i] = acc[h][i];
        }
    __syncthreads();

    for (int i = threadIdx.x; i < work.heads * HEAD_DIM; i += THREADS) {
        const int h = i / HEAD_DIM, d = i % HEAD_DIM;
        float sum = 0;
#pragma unroll
        for (int w = 0; w < WARPS; w++)
            sum += sums[w][h][d];
        leave(all, work, h, d, sum, greatest[h], masses[h]);
    }
    merge_if_last(all, line, work, natural());
}

// Grid: as many blocks as the device holds.
extern "C" __global__ void __launch_bounds__(THREADS) attend_queries(ATTENTION_ARGUMENTS) {
    const attention all = ATTENTION;
    for_each_segment(
        all, [&](const line& line, const segment& work) { attend(all, line, work); });
}
#endif
