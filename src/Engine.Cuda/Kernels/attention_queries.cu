// Attention of single queries over the paged cache on tensor cores, for 16-bit types: K and V go
// from memory to the registers of the products, with nothing in between. A warp takes 16 keys at a
// time. Keys and dims of the cache are rows of the left factor, the query heads of a group (eight
// at most) columns of the right one:
//
//   scores [16 keys x 8 heads] = K [16 x HEAD_DIM] Q' [HEAD_DIM x 8 heads]
//   output [dims x 8 heads]   += V' [dims x 16 keys] weights [16 keys x 8 heads]
//
// Sums do not depend on the order of their terms: a lane reads eight neighbouring dims, 16 bytes,
// and the products take them in the order that this gives. While a warp works on the weights and
// values of 16 keys the next 16 are on their way.
//
// Source: Kwon et al., SOSP '23, section 5.1; Dao, "FlashAttention-2", 2023, algorithm 1.
#include "attention.cuh"

#if TENSOR_QUERIES

#define THREADS 128
#define WARPS (THREADS / WARP)
#define KEYS 16 // of a warp at a time
#define CHUNKS (HEAD_DIM / 32) // of dims, four lanes each
#define HALVES (HEAD_DIM / 64) // of dims, eight lanes each
#define LOG2_E 1.4426950408889634f

struct binary {
    __device__ float operator()(float x) const { return exp2f(x); }
};

// Where the keys of a query lie. Entries of the table are kept in the lanes where a warp's keys
// are all of one block.
struct key_places {
    const int* table;
    int kv_head, last; // the last key that there is
    int kept, first_kept;

    __device__ __forceinline__ key_places(const int* table, int kv_head, int end)
        : table(table), kv_head(kv_head), last(end - 1), first_kept(-WARP * WARPS * KEYS) {}

    // Before keys [start, start + KEYS) are asked for: all lanes together.
    __device__ __forceinline__ void reach(int start, int lane) {
#if BLOCK_SIZE % KEYS == 0
        if (start < first_kept + WARP * WARPS * KEYS)
            return;
        first_kept = start;
        kept = table[min(start + lane * WARPS * KEYS, last) / BLOCK_SIZE];
#endif
    }

    // Of keys that are not there the place of the last one: it is read and has no weight.
    __device__ __forceinline__ long long of(int start, int key) const {
        const int position = min(start + key, last);
#if BLOCK_SIZE % KEYS == 0
        const int block =
            __shfl_sync(ALL_LANES, kept, (start - first_kept) / (WARPS * KEYS));
#else
        const int block = table[position / BLOCK_SIZE];
#endif
        return slot_offset(block, position % BLOCK_SIZE, kv_head);
    }
};

// Arguments as those of attention_general.cu.
extern "C" __global__ void __launch_bounds__(THREADS) attend_queries(
    const element* qkv, const element* keys, const element* values, const int* blocks,
    const int* queries, const int* lengths, const int* tables, element* output, float* partials,
    unsigned* counters, float scale) {
    __shared__ float sums[WARPS][HEAD_TILE][HEAD_DIM + 4];
    __shared__ float maxima[WARPS][8], masses[WARPS][8];

    const split_work work = work_of(queries, lengths);
    if (work.first >= work.end)
        return;
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int g = lane / 4, t = lane % 4;
    const int heads = min(HEAD_TILE, GROUP - work.first_head);

    uint4 q[CHUNKS];
    const element* query = qkv + ((long long)work.token * QKV_HEADS
        + work.kv_head * GROUP + work.first_head + g) * HEAD_DIM + t * 8;
#pragma unroll
    for (int c = 0; c < CHUNKS; c++)
        q[c] = g < heads ? *(const uint4*)(query + c * 32) : make_uint4(0, 0, 0, 0);

    uint4 k[CHUNKS][2], v[HALVES][4];
    key_places places(blocks + tables[work.query], work.kv_head, work.end);
    const auto load_keys = [&](int start) {
        places.reach(start, lane);
#pragma unroll
        for (int r = 0; r < 2; r++) {
            const element* row = keys + places.of(start, g + 8 * r) + t * 8;
#pragma unroll
            for (int c = 0; c < CHUNKS; c++)
                k[c][r] = *(const uint4*)(row + c * 32);
        }
    };
    const auto load_values = [&](int start) {
#pragma unroll
        for (int r = 0; r < 4; r++) {
            const element* row =
                values + places.of(start, 2 * t + r % 2 + r / 2 * 8) + g * 8;
#pragma unroll
            for (int h = 0; h < HALVES; h++)
                v[h][r] = *(const uint4*)(row + h * 64);
        }
    };

    // This lane's heads are 2t and 2t + 1; of the mass it has the keys g and g + 8 alone.
    const float unit = scale * LOG2_E;
    float most0 = minus_infinity(), most1 = minus_infinity(), mass0 = 0, mass1 = 0;
    float acc[HALVES * 4][4];
#pragma unroll
    for (int m = 0; m < HALVES * 4; m++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            acc[m][i] = 0;

    int start = work.first + warp * KEYS;
    if (start < work.end) {
        load_keys(start);
        load_values(start);
    }
    for (; start < work.end; start += WARPS * KEYS) {
        const int next = start + WARPS * KEYS;
        float s[4] = {0, 0, 0, 0};
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
            const unsigned low[4] = {k[c][0].x, k[c][1].x, k[c][0].y, k[c][1].y};
            const unsigned high[4] = {k[c][0].z, k[c][1].z, k[c][0].w, k[c][1].w};
            multiply_add(s, low, q[c].x, q[c].y);
            multiply_add(s, high, q[c].z, q[c].w);
        }
        if (next < work.end)
            load_keys(next);

#pragma unroll
        for (int i = 0; i < 4; i++)
            s[i] = start + g + i / 2 * 8 < work.end ? s[i] * unit : minus_infinity();
        float next0 = fmaxf(most0, fmaxf(s[0], s[2])), next1 = fmaxf(most1, fmaxf(s[1], s[3]));
#pragma unroll
        for (int step = 4; step < WARP; step *= 2) {
            next0 = fmaxf(next0, __shfl_xor_sync(ALL_LANES, next0, step));
            next1 = fmaxf(next1, __shfl_xor_sync(ALL_LANES, next1, step));
        }
        if (__any_sync(ALL_LANES, next0 > most0 || next1 > most1)) {
            const float scale0 = exp2f(most0 - next0), scale1 = exp2f(most1 - next1);
            mass0 *= scale0;
            mass1 *= scale1;
#pragma unroll
            for (int m = 0; m < HALVES * 4; m++) {
                acc[m][0] *= scale0;
                acc[m][1] *= scale1;
                acc[m][2] *= scale0;
                acc[m][3] *= scale1;
            }
            most0 = next0;
            most1 = next1;
        }
#pragma unroll
        for (int i = 0; i < 4; i++)
            s[i] = exp2f(s[i] - (i % 2 ? most1 : most0));
        mass0 += s[0] + s[2];
        mass1 += s[1] + s[3];
        const unsigned b0 = transposed(pack_pair(s[0], s[1]));
        const unsigned b1 = transposed(pack_pair(s[2], s[3]));

#pragma unroll
        for (int h = 0; h < HALVES; h++) {
            const unsigned rows[4][4] = {
                {v[h][0].x, v[h][0].y, v[h][0].z, v[h][0].w},
                {v[h][1].x, v[h][1].y, v[h][1].z, v[h][1].w},
                {v[h][2].x, v[h][2].y, v[h][2].z, v[h][2].w},
                {v[h][3].x, v[h][3].y, v[h][3].z, v[h][3].w}};
#pragma unroll
            for (int m = 0; m < 4; m++) {
                const unsigned a[4] = {
                    __byte_perm(rows[0][m], rows[1][m], 0x5410),
                    __byte_perm(rows[0][m], rows[1][m], 0x7632),
                    __byte_perm(rows[2][m], rows[3][m], 0x5410),
                    __byte_perm(rows[2][m], rows[3][m], 0x7632)};
                multiply_add(acc[h * 4 + m], a, b0, b1);
            }
        }
        if (next < work.end)
            load_values(next);
    }

    // What the warps have found, relative to the greatest score of all.
#pragma unroll
    for (int step = 4; step < WARP; step *= 2) {
        mass0 += __shfl_xor_sync(ALL_LANES, mass0, step);
        mass1 += __shfl_xor_sync(ALL_LANES, mass1, step);
    }
    if (g == 0) {
        maxima[warp][2 * t] = most0;
        maxima[warp][2 * t + 1] = most1;
        masses[warp][2 * t] = mass0;
        masses[warp][2 * t + 1] = mass1;
    }
    __syncthreads();
    float all0 = maxima[0][2 * t], all1 = maxima[0][2 * t + 1];
#pragma unroll
    for (int w = 1; w < WARPS; w++) {
        all0 = fmaxf(all0, maxima[w][2 * t]);
        all1 = fmaxf(all1, maxima[w][2 * t + 1]);
    }
    const float scale0 = exp2f(most0 - all0), scale1 = exp2f(most1 - all1);
#pragma unroll
    for (int m = 0; m < HALVES * 4; m++) {
        const int dim = m / 4 * 64 + g * 8 + m % 4 * 2;
        if (2 * t < HEAD_TILE) {
            sums[warp][2 * t][dim] = acc[m][0] * scale0;
            sums[warp][2 * t][dim + 1] = acc[m][2] * scale0;
        }
        if (2 * t + 1 < HEAD_TILE) {
            sums[warp][2 * t + 1][dim] = acc[m][1] * scale1;
            sums[warp][2 * t + 1][dim + 1] = acc[m][3] * scale1;
        }
    }
    __syncthreads();

    float* partial = partials + work.place * HEAD_TILE * PARTIAL;
    for (int i = threadIdx.x; i < heads * HEAD_DIM; i += THREADS) {
        const int h = i / HEAD_DIM, d = i % HEAD_DIM;
        float sum = 0, mass = 0, most = maxima[0][h];
#pragma unroll
        for (int w = 1; w < WARPS; w++)
            most = fmaxf(most, maxima[w][h]);
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            sum += sums[w][h][d];
            mass += masses[w][h] * exp2f(maxima[w][h] - most);
        }
        if (work.splits == 1) {
            output_of(output, work, h)[d] = narrow(sum / mass);
            continue;
        }
        partial[h * PARTIAL + d] = sum;
        if (d == 0) {
            partial[h * PARTIAL + HEAD_DIM] = most;
            partial[h * PARTIAL + HEAD_DIM + 1] = mass;
        }
    }
    if (work.splits > 1 && is_last(counters, work))
        merge_splits(partials, output, work, binary());
}
#endif
