// Attention of many queries of a sequence over the paged cache, on tensor cores, for 16-bit types:
// prompts and their chunks. A block computes TILE_ROWS rows of one head of keys and values; a row
// is a query head of a token, and the heads of a group lie side by side, so that K and V are read
// once for all of them. Keys pass by in steps of TILE_KEYS through shared memory; weights are
// relative to the greatest score so far.
//
//   rows:   token 0: head 0 .. GROUP - 1 | token 1: head 0 .. | ... TILE_TOKENS tokens | unused
//
// Source: Dao, "FlashAttention-2", 2023, algorithm 1.
#include "common.cuh"

#if ELEMENT != FLOAT32 && HEAD_DIM % 16 == 0 && GROUP <= 64

#define TILE_ROWS 64
#define TILE_KEYS (HEAD_DIM <= 128 ? 64 : 32)
#define TILE_TOKENS (TILE_ROWS / GROUP)
#define TILE_THREADS 128 // a warp computes 16 rows
#define STRIDE (HEAD_DIM + 8) // elements of a row in shared memory: rows start in other banks
#define PIECES (HEAD_DIM / 8) // 16 bytes each
#define STEPS (HEAD_DIM / 16)
#define COLUMNS (TILE_KEYS / 8)

__device__ __forceinline__ uint4 zeros() { return make_uint4(0, 0, 0, 0); }

// tiles[t] = (first token of the step, its position, tokens, where the block table begins).
// Grid: tiles x KV_HEADS. Shared memory: (TILE_ROWS + 2 TILE_KEYS) x STRIDE elements.
extern "C" __global__ void __launch_bounds__(TILE_THREADS) attend_tiles(
    const element* qkv, const element* keys, const element* values, const int* blocks,
    const int4* tiles, element* output, float scale) {
    extern __shared__ uint4 shared[];
    start_next();
    wait_for_last();
    element* tile_queries = (element*)shared;
    element* tile_keys = tile_queries + TILE_ROWS * STRIDE;
    element* tile_values = tile_keys + TILE_KEYS * STRIDE;

    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int g = lane / 4, t = lane % 4;
    const int kv_head = blockIdx.y;
    const int4 tile = tiles[blockIdx.x];
    const int first_token = tile.x, first_position = tile.y, tokens = tile.z;
    const int* table = blocks + tile.w;
    const int key_end = first_position + tokens; // keys that the last token sees

    for (int i = threadIdx.x; i < TILE_ROWS * PIECES; i += TILE_THREADS) {
        const int row = i / PIECES, piece = i % PIECES;
        const int token = row / GROUP, head = row % GROUP;
        *(uint4*)(tile_queries + row * STRIDE + piece * 8) = token < tokens
            ? *(const uint4*)(qkv + ((long long)(first_token + token) * QKV_HEADS
                + kv_head * GROUP + head) * HEAD_DIM + piece * 8)
            : zeros();
    }

    // A thread computes rows g and g + 8 of its warp's 16; unused rows see what the last token
    // sees.
    const int row = warp * 16 + g;
    const int seen0 = first_position + min(row / GROUP, tokens - 1);
    const int seen1 = first_position + min((row + 8) / GROUP, tokens - 1);
    float most0 = minus_infinity(), most1 = minus_infinity(), mass0 = 0, mass1 = 0;
    float acc[PIECES][4];
#pragma unroll
    for (int n = 0; n < PIECES; n++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            acc[n][i] = 0;

    for (int start = 0; start < key_end; start += TILE_KEYS) {
        __syncthreads(); // the last tile has been read
        for (int i = threadIdx.x; i < TILE_KEYS * PIECES; i += TILE_THREADS) {
            const int key = i / PIECES, piece = i % PIECES;
            const int position = start + key;
            uint4 k = zeros(), v = zeros();
            if (position < key_end) {
                const long long at = piece * 8 + slot_offset(
                    table[position / BLOCK_SIZE], position % BLOCK_SIZE, kv_head);
                k = *(const uint4*)(keys + at);
                v = *(const uint4*)(values + at);
            }
            *(uint4*)(tile_keys + key * STRIDE + piece * 8) = k;
            *(uint4*)(tile_values + key * STRIDE + piece * 8) = v;
        }
        __syncthreads();

        float s[COLUMNS][4];
#pragma unroll
        for (int n = 0; n < COLUMNS; n++)
#pragma unroll
            for (int i = 0; i < 4; i++)
                s[n][i] = 0;
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            const element* q = tile_queries + row * STRIDE + step * 16 + 2 * t;
            const unsigned a[4] = {
                *(const unsigned*)q, *(const unsigned*)(q + 8 * STRIDE),
                *(const unsigned*)(q + 8), *(const unsigned*)(q + 8 * STRIDE + 8)};
#pragma unroll
            for (int n = 0; n < COLUMNS; n++) {
                const element* k = tile_keys + (n * 8 + g) * STRIDE + step * 16 + 2 * t;
                multiply_add(s[n], a, *(const unsigned*)k, *(const unsigned*)(k + 8));
            }
        }

        float next0 = most0, next1 = most1;
#pragma unroll
        for (int n = 0; n < COLUMNS; n++)
#pragma unroll
            for (int i = 0; i < 2; i++) {
                const int position = start + n * 8 + 2 * t + i;
                s[n][i] = position <= seen0 ? s[n][i] * scale : minus_infinity();
                s[n][i + 2] = position <= seen1 ? s[n][i + 2] * scale : minus_infinity();
                next0 = fmaxf(next0, s[n][i]);
                next1 = fmaxf(next1, s[n][i + 2]);
            }
#pragma unroll
        for (int step = 1; step < 4; step *= 2) {
            next0 = fmaxf(next0, __shfl_xor_sync(ALL_LANES, next0, step));
            next1 = fmaxf(next1, __shfl_xor_sync(ALL_LANES, next1, step));
        }
        // Every row sees key 0, so both are finite from the first tile on.
        const float shrink0 = expf(most0 - next0), shrink1 = expf(most1 - next1);
        most0 = next0;
        most1 = next1;
        mass0 *= shrink0;
        mass1 *= shrink1;
#pragma unroll
        for (int n = 0; n < PIECES; n++) {
            acc[n][0] *= shrink0;
            acc[n][1] *= shrink0;
            acc[n][2] *= shrink1;
            acc[n][3] *= shrink1;
        }
#pragma unroll
        for (int n = 0; n < COLUMNS; n++)
#pragma unroll
            for (int i = 0; i < 2; i++) {
                s[n][i] = expf(s[n][i] - most0);
                s[n][i + 2] = expf(s[n][i + 2] - most1);
                mass0 += s[n][i];
                mass1 += s[n][i + 2];
            }

        // The scores of two columns of eight keys are, as they lie, weights of sixteen keys.
#pragma unroll
        for (int step = 0; step < COLUMNS / 2; step++) {
            const unsigned a[4] = {
                pack_pair(s[2 * step][0], s[2 * step][1]),
                pack_pair(s[2 * step][2], s[2 * step][3]),
                pack_pair(s[2 * step + 1][0], s[2 * step + 1][1]),
                pack_pair(s[2 * step + 1][2], s[2 * step + 1][3])};
#pragma unroll
            for (int n = 0; n < PIECES; n++) {
                unsigned b0, b1;
                load_transposed(
                    b0, b1, tile_values + (step * 16 + lane % 16) * STRIDE + n * 8);
                multiply_add(acc[n], a, b0, b1);
            }
        }
    }

#pragma unroll
    for (int step = 1; step < 4; step *= 2) {
        mass0 += __shfl_xor_sync(ALL_LANES, mass0, step);
        mass1 += __shfl_xor_sync(ALL_LANES, mass1, step);
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int r = row + half * 8;
        if (r / GROUP >= tokens)
            continue;
        const float scale_out = 1 / (half ? mass1 : mass0);
        element* to = output + ((long long)(first_token + r / GROUP) * QUERY_HEADS
            + kv_head * GROUP + r % GROUP) * HEAD_DIM + 2 * t;
#pragma unroll
        for (int n = 0; n < PIECES; n++)
            *(unsigned*)(to + n * 8) = pack_pair(
                acc[n][2 * half] * scale_out, acc[n][2 * half + 1] * scale_out);
    }
}
#endif
