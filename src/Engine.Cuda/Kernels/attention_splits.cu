// Attention of single queries over the paged cache, for any type: K and V are read once for all
// query heads of a group (of eight at most). A query's keys are cut into splits of SPLIT, each the
// work of one block, so that few long sequences fill the device, and a result does not depend on
// who else is in the step. Splits are merged afterwards.
//
// Keys of a query:  | split 0 | split 1 | ... | the last one, shorter |
//                   0       SPLIT                                  length
//
// Sources: Kwon et al., SOSP '23, section 5.1; Dao et al., "Flash-Decoding", 2023.
#include "common.cuh"

#define THREADS 128
#define WARPS (THREADS / WARP)
#define HEAD_TILE (GROUP < 8 ? GROUP : 8) // query heads of a block
#define TILES ((GROUP + HEAD_TILE - 1) / HEAD_TILE)

// A row of K or V is read by LANES lanes, eight elements each; a warp reads ROWS rows at once.
#define PARTS (HEAD_DIM / 8)
#define LANES (PARTS <= 1 ? 1 : PARTS <= 2 ? 2 : PARTS <= 4 ? 4 : PARTS <= 8 ? 8 \
    : PARTS <= 16 ? 16 : 32)
#define ROWS (WARP / LANES)
#define UNROLL 4 // so many loads of a lane are on their way at once
#define STRIDE (WARPS * ROWS * UNROLL)

// partial: for each split and query head HEAD_DIM sums, then the greatest score, then the mass.
#define PARTIAL (HEAD_DIM + 2)

// The columns of one query.
//   queries[q]      its token, whose query heads lie in qkv: [tokens, QKV_HEADS, HEAD_DIM]
//   lengths[q]      keys that it sees, at least 1
//   tables[q]       where its block table begins in `blocks`
//   first_splits[q] its first split among all
// splits[c] = (query, number of the split within the query). Grid: splits x KV_HEADS x TILES.
extern "C" __global__ void __launch_bounds__(THREADS) attend_splits(
    const element* qkv, const element* keys, const element* values, const int* blocks,
    const int* queries, const int* lengths, const int* tables, const int2* splits,
    element* output, float* partials, float scale) {
    __shared__ float scores[HEAD_TILE][SPLIT];
    __shared__ float sums[WARPS][HEAD_TILE][HEAD_DIM];
    __shared__ float greatest[HEAD_TILE], masses[HEAD_TILE];
    __shared__ int table[SPLIT / BLOCK_SIZE + 2];

    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int part = lane % LANES, sub = lane / LANES;
    const int kv_head = blockIdx.y;
    const int first_head = blockIdx.z * HEAD_TILE; // within the group
    const int2 split = splits[blockIdx.x];
    const int query = split.x;
    const int start = split.y * SPLIT;
    const int length = lengths[query];
    const int count = min(SPLIT, length - start); // at least 1
    const int first_block = start / BLOCK_SIZE;
    const int last_block = (start + count - 1) / BLOCK_SIZE;
    const bool is_whole = length <= SPLIT;

    for (int i = threadIdx.x; i <= last_block - first_block; i += THREADS)
        table[i] = blocks[tables[query] + first_block + i];

    // The group's heads follow each other, as do the tiles of a group.
    const element* query_heads = qkv + ((long long)queries[query] * QKV_HEADS
        + kv_head * GROUP + first_head) * HEAD_DIM;
    float q[HEAD_TILE][8];
#pragma unroll
    for (int h = 0; h < HEAD_TILE; h++) {
        const bool inside = part < PARTS && first_head + h < GROUP;
        if (inside) {
            const eight all = unpack(load_packed(query_heads + h * HEAD_DIM + part * 8));
#pragma unroll
            for (int i = 0; i < 8; i++)
                q[h][i] = all.x[i] * scale;
        } else {
#pragma unroll
            for (int i = 0; i < 8; i++)
                q[h][i] = 0;
        }
    }
    __syncthreads();

    // The places of a row of keys or values that this lane reads; zeros where there is none.
    const auto load = [&](const element* cache, int key) -> packed_eight {
        if (key >= count || part >= PARTS)
            return {};
        const int position = start + key;
        return load_packed(cache + part * 8 + slot_offset(
            table[position / BLOCK_SIZE - first_block], position % BLOCK_SIZE, kv_head));
    };

    // Scores: of every key with every head.
    for (int base = warp * ROWS * UNROLL + sub; base - sub < count; base += STRIDE) {
        packed_eight loaded[UNROLL];
#pragma unroll
        for (int u = 0; u < UNROLL; u++)
            loaded[u] = load(keys, base + u * ROWS);
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

    // Weights, relative to the greatest of the split; one warp a head.
    for (int h = warp; h < HEAD_TILE; h += WARPS) {
        float most = minus_infinity();
        for (int i = lane; i < count; i += WARP)
            most = fmaxf(most, scores[h][i]);
        most = warp_max(most);
        float mass = 0;
        for (int i = lane; i < count; i += WARP) {
            const float weight = expf(scores[h][i] - most);
            scores[h][i] = weight;
            mass += weight;
        }
        mass = warp_sum(mass);
        if (lane == 0) {
            greatest[h] = most;
            masses[h] = mass;
        }
    }
    __syncthreads();

    // Weighted values.
    float acc[HEAD_TILE][8];
#pragma unroll
    for (int h = 0; h < HEAD_TILE; h++)
#pragma unroll
        for (int i = 0; i < 8; i++)
            acc[h][i] = 0;
    for (int base = warp * ROWS * UNROLL + sub; base < count; base += STRIDE) {
        packed_eight loaded[UNROLL];
#pragma unroll
        for (int u = 0; u < UNROLL; u++)
            loaded[u] = load(values, base + u * ROWS);
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

    for (int i = threadIdx.x; i < HEAD_TILE * HEAD_DIM; i += THREADS) {
        const int h = i / HEAD_DIM, d = i % HEAD_DIM;
        if (first_head + h >= GROUP)
            break;
        float sum = 0;
#pragma unroll
        for (int w = 0; w < WARPS; w++)
            sum += sums[w][h][d];
        const int head = kv_head * GROUP + first_head + h;
        if (is_whole) {
            output[((long long)queries[query] * QUERY_HEADS + head) * HEAD_DIM + d] =
                narrow(sum / masses[h]);
            continue;
        }
        float* partial = partials + ((long long)blockIdx.x * QUERY_HEADS + head) * PARTIAL;
        partial[d] = sum;
        if (d == 0) {
            partial[HEAD_DIM] = greatest[h];
            partial[HEAD_DIM + 1] = masses[h];
        }
    }
}

// The splits of a query become its output. Grid: queries x QUERY_HEADS, a thread an element.
extern "C" __global__ void merge_splits(
    const float* partials, const int* queries, const int* lengths, const int* first_splits,
    element* output) {
    const int query = blockIdx.x, head = blockIdx.y;
    const int count = (lengths[query] + SPLIT - 1) / SPLIT;
    if (count == 1)
        return;
    const float* partial =
        partials + ((long long)first_splits[query] * QUERY_HEADS + head) * PARTIAL;
    const long long stride = (long long)QUERY_HEADS * PARTIAL;
    float most = minus_infinity();
    for (int c = 0; c < count; c++)
        most = fmaxf(most, partial[c * stride + HEAD_DIM]);
    for (int d = threadIdx.x; d < HEAD_DIM; d += blockDim.x) {
        float sum = 0, mass = 0;
        for (int c = 0; c < count; c++) {
            const float weight = expf(partial[c * stride + HEAD_DIM] - most);
            sum += weight * partial[c * stride + d];
            mass += weight * partial[c * stride + HEAD_DIM + 1];
        }
        output[((long long)queries[query] * QUERY_HEADS + head) * HEAD_DIM + d] =
            narrow(sum / mass);
    }
}
