// Attention of single queries over the paged cache on tensor cores, for 16-bit types: K and V go
// from memory to the registers of the products, with nothing in between. A warp takes 16 keys at a
// time; the query heads of a group, eight at most, are rows of the one product and columns of the
// other:
//
//   scores [8 heads x 16 keys]  = Q [8 heads x HEAD_DIM] K' [HEAD_DIM x 16 keys]
//   output [dims x 8 heads]    += V' [dims x 16 keys] weights' [16 keys x 8 heads]
//
// Sums do not depend on the order of their terms: a lane reads eight neighbouring dims, 16 bytes,
// and the products take them in the order that this gives. While a warp works on the weights and
// values of 16 keys the next 16 are on their way: nothing touches them before they are needed, and
// behind the last keys the last one is read again, so that no branch stands in between.
//
// Source: Kwon et al., SOSP '23, section 5.1; Dao, "FlashAttention-2", 2023, algorithm 1.
#include "attention.cuh"
#include "query_key_value.cuh"

#if TENSOR_QUERIES

#define THREADS 128
#define WARPS (THREADS / WARP)
#define KEYS 16 // of a warp at a time
#define CHUNKS (HEAD_DIM / 32) // of dims, four lanes each
#define HALVES (HEAD_DIM / 64) // of dims, eight lanes each
#define LEAST_BLOCKS (HEAD_DIM == 64 ? 5 : 3) // of a multiprocessor, or registers are too many
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

// What raw queries, keys and values of the projection are turned by: as query_key_value.cu does.
struct turning {
    const element *bias, *query_norm, *key_norm;
    const float *cosines, *sines;
    const int *positions, *slots;
    element *keys, *values;
    float epsilon;
};

// The new key and value of a part's query, by the warp that will read them.
__device__ __forceinline__ void write_new(
    const attention& all, const turning& by, const segment& work, int lane) {
    const int slot = by.slots[work.token], position = by.positions[work.token];
    const rotation keys =
        load_rotation(by.cosines, by.sines, position, true, by.key_norm, lane);
    const rotation values = load_rotation(by.cosines, by.sines, position, false, nullptr, lane);
    const int head = QUERY_HEADS + work.kv_head;
    const element* from =
        all.qkv + ((long long)work.token * QKV_HEADS + head) * HEAD_DIM;
    const element* bias = by.bias ? by.bias + head * HEAD_DIM : nullptr;
    turn_head(
        from, bias, by.key_norm != nullptr, keys, place_of_slot(by.keys, slot, work.kv_head),
        by.epsilon, lane);
    turn_head(
        from + KV_HEADS * HEAD_DIM, bias ? bias + KV_HEADS * HEAD_DIM : nullptr, false, values,
        place_of_slot(by.values, slot, work.kv_head), by.epsilon, lane);
    __syncwarp();
}

// Eight neighbours each of a head, of all its chunks: bias, norm and rotation. Pairs are half a
// head apart, which is in the same lane.
__device__ __forceinline__ void turn_query(
    const turning& by, const segment& work, uint4 (&x)[CHUNKS], int g, int t) {
    const int head = work.kv_head * GROUP + work.first_head + min(g, work.heads - 1);
    eight all[CHUNKS];
    float squares = 0;
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
        all[c] = unpack({x[c]});
        if (by.bias) {
            const eight bias =
                unpack(load_packed(by.bias + head * HEAD_DIM + c * 32 + t * 8));
#pragma unroll
            for (int i = 0; i < 8; i++)
                all[c].x[i] += bias.x[i];
        }
#pragma unroll
        for (int i = 0; i < 8; i++)
            squares += all[c].x[i] * all[c].x[i];
    }
    if (by.query_norm) {
        squares += __shfl_xor_sync(ALL_LANES, squares, 1);
        squares += __shfl_xor_sync(ALL_LANES, squares, 2);
        const float scale = rsqrtf(squares / HEAD_DIM + by.epsilon);
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
            const eight norm = unpack(load_packed(by.query_norm + c * 32 + t * 8));
#pragma unroll
            for (int i = 0; i < 8; i++)
                all[c].x[i] *= scale * norm.x[i];
        }
    }
    const long long angles = (long long)by.positions[work.token] * HALF_DIM + t * 8;
#pragma unroll
    for (int c = 0; c < CHUNKS / 2; c++) {
        float cosine[8], sine[8];
#pragma unroll
        for (int i = 0; i < 8; i += 4) {
            *(float4*)(cosine + i) = *(const float4*)(by.cosines + angles + c * 32 + i);
            *(float4*)(sine + i) = *(const float4*)(by.sines + angles + c * 32 + i);
        }
        eight& first = all[c];
        eight& second = all[c + CHUNKS / 2];
#pragma unroll
        for (int i = 0; i < 8; i++) {
            const float a = first.x[i], b = second.x[i];
            first.x[i] = a * cosine[i] - b * sine[i];
            second.x[i] = b * cosine[i] + a * sine[i];
        }
    }
#pragma unroll
    for (int c = 0; c < CHUNKS; c++)
        x[c] = {
            pack_pair(all[c].x[0], all[c].x[1]), pack_pair(all[c].x[2], all[c].x[3]),
            pack_pair(all[c].x[4], all[c].x[5]), pack_pair(all[c].x[6], all[c].x[7])};
}

// by: null where the projection's heads are turned already.
__device__ __forceinline__ void attend(
    const attention& all, const turning* by, const line& line, const segment& work) {
    __shared__ float sums[WARPS][HEAD_TILE][HEAD_DIM + 4];
    __shared__ float maxima[WARPS][8], masses[WARPS][8];
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int g = lane / 4, t = lane % 4;

    uint4 k[CHUNKS][2], v[HALVES][4];
    key_places places(all.blocks + all.tables[work.query], work.kv_head, work.end);
    const auto load_keys = [&](int start) {
        places.reach(start, lane);
#pragma unroll
        for (int r = 0; r < 2; r++) {
            const element* row = all.keys + places.of(start, g + 8 * r) + t * 8;
#pragma unroll
            for (int c = 0; c < CHUNKS; c++)
                k[c][r] = load_ahead(row + c * 32);
        }
    };
    const auto load_values = [&](int start) {
#pragma unroll
        for (int r = 0; r < 4; r++) {
            const element* row =
                all.values + places.of(start, 2 * t + r % 2 + r / 2 * 8) + g * 8;
#pragma unroll
            for (int h = 0; h < HALVES; h++)
                v[h][r] = load_ahead(row + h * 64);
        }
    };

    // Of the scores a lane has head g and keys 2t, 2t + 1, 2t + 8, 2t + 9; of the output heads 2t
    // and 2t + 1.
    const float unit = all.scale * LOG2_E;
    float most = minus_infinity(), mass = 0;
    float acc[HALVES * 4][4];
#pragma unroll
    for (int m = 0; m < HALVES * 4; m++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            acc[m][i] = 0;

    int start = work.first + warp * KEYS;
    const int newest = work.end - 1;
    const bool writes = by && work.end == all.lengths[work.query]
        && (newest - work.first) / KEYS % WARPS == warp;
    // Where the newest keys are written here, all others are older than the step, and no kernel of
    // it is waited for.
    const bool is_early = by && !writes;
    if (is_early && start < work.end) {
        load_keys(start);
        load_values(start);
    }
    if (work.is_first)
        wait_for_last();
    uint4 x[CHUNKS];
    const element* query = all.qkv + ((long long)work.token * QKV_HEADS
        + work.kv_head * GROUP + work.first_head + g) * HEAD_DIM + t * 8;
#pragma unroll
    for (int c = 0; c < CHUNKS; c++)
        x[c] = g < work.heads ? *(const uint4*)(query + c * 32) : make_uint4(0, 0, 0, 0);
    if (writes)
        write_new(all, *by, work, lane);
    if (!is_early && start < work.end) {
        load_keys(start);
        load_values(start);
    }
    if (by)
        turn_query(*by, work, x, g, t);
    // Eight rows of sixteen are heads; those that there are not have no part in the output.
    unsigned q[CHUNKS][2][4];
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
        q[c][0][0] = x[c].x; q[c][0][1] = 0; q[c][0][2] = x[c].y; q[c][0][3] = 0;
        q[c][1][0] = x[c].z; q[c][1][1] = 0; q[c][1][2] = x[c].w; q[c][1][3] = 0;
    }
    for (; start < work.end; start += WARPS * KEYS) {
        const int next = start + WARPS * KEYS;
        float s[2][4] = {};
#pragma unroll
        for (int c = 0; c < CHUNKS; c++)
#pragma unroll
            for (int n = 0; n < 2; n++) {
                multiply_add(s[n], q[c][0], k[c][n].x, k[c][n].y);
                multiply_add(s[n], q[c][1], k[c][n].z, k[c][n].w);
            }
        load_keys(next);

        float greatest = most;
#pragma unroll
        for (int n = 0; n < 2; n++)
#pragma unroll
            for (int i = 0; i < 2; i++) {
                const bool is_there = start + n * 8 + 2 * t + i < work.end;
                s[n][i] = is_there ? s[n][i] * unit : minus_infinity();
                greatest = fmaxf(greatest, s[n][i]);
            }
        greatest = fmaxf(greatest, __shfl_xor_sync(ALL_LANES, greatest, 1));
        greatest = fmaxf(greatest, __shfl_xor_sync(ALL_LANES, greatest, 2));
        if (__any_sync(ALL_LANES, greatest > most)) {
            const float scale = exp2f(most - greatest);
            const float scale0 = __shfl_sync(ALL_LANES, scale, 8 * t);
            const float scale1 = __shfl_sync(ALL_LANES, scale, 8 * t + 4);
            mass *= scale;
            most = greatest;
#pragma unroll
            for (int m = 0; m < HALVES * 4; m++) {
                acc[m][0] *= scale0;
                acc[m][1] *= scale1;
                acc[m][2] *= scale0;
                acc[m][3] *= scale1;
            }
        }
#pragma unroll
        for (int n = 0; n < 2; n++)
#pragma unroll
            for (int i = 0; i < 2; i++) {
                s[n][i] = exp2f(s[n][i] - most);
                mass += s[n][i];
            }
        const unsigned b0 = pack_pair(s[0][0], s[0][1]), b1 = pack_pair(s[1][0], s[1][1]);

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
        load_values(next);
    }

    // What the warps have found, relative to the greatest score of all.
    mass += __shfl_xor_sync(ALL_LANES, mass, 1);
    mass += __shfl_xor_sync(ALL_LANES, mass, 2);
    if (t == 0) {
        maxima[warp][g] = most;
        masses[warp][g] = mass;
    }
    __syncthreads();
    float all0 = maxima[0][2 * t], all1 = maxima[0][2 * t + 1];
#pragma unroll
    for (int w = 1; w < WARPS; w++) {
        all0 = fmaxf(all0, maxima[w][2 * t]);
        all1 = fmaxf(all1, maxima[w][2 * t + 1]);
    }
    const float scale0 = exp2f(maxima[warp][2 * t] - all0);
    const float scale1 = exp2f(maxima[warp][2 * t + 1] - all1);
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

    for (int i = threadIdx.x; i < work.heads * HEAD_DIM; i += THREADS) {
        const int h = i / HEAD_DIM, d = i % HEAD_DIM;
        float sum = 0, of_all = 0, highest = maxima[0][h];
#pragma unroll
        for (int w = 1; w < WARPS; w++)
            highest = fmaxf(highest, maxima[w][h]);
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            sum += sums[w][h][d];
            of_all += masses[w][h] * exp2f(maxima[w][h] - highest);
        }
        leave(all, work, h, d, sum, highest, of_all);
    }
    merge_if_last(all, line, work, binary());
}

// Grid: as many blocks as the device holds.
extern "C" __global__ void __launch_bounds__(THREADS, LEAST_BLOCKS)
attend_queries(ATTENTION_ARGUMENTS) {
    const attention all = ATTENTION;
    for_each_segment(
        all, [&](const line& line, const segment& work) { attend(all, nullptr, line, work); });
}

// The same where all queries are a sequence's last token, and what the projection has found is as
// it was found: the queries are turned here, and keys and values of these tokens are written.
// Nothing in front of it that may still run writes others: it is for decode graphs alone, which
// begin when all before them has ended.
extern "C" __global__ void __launch_bounds__(THREADS, LEAST_BLOCKS)
attend_new_queries(
    ATTENTION_ARGUMENTS, const element* bias, const element* query_norm, const element* key_norm,
    const float* cosines, const float* sines, const int* positions, const int* slots,
    float epsilon) {
    const attention all = ATTENTION;
    const turning by = {
        bias, query_norm, key_norm, cosines, sines, positions, slots, (element*)keys,
        (element*)values, epsilon};
    for_each_segment(
        all, [&](const line& line, const segment& work) { attend(all, &by, line, work); });
}
#endif
