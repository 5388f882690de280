// From the fused projection to attention's inputs: bias, norm and rotation of each head, K and V
// into the slots of the cache. One warp a head of a token.
#include "common.cuh"

#define HALF_DIM (HEAD_DIM / 2)
#define PAIRS ((HALF_DIM + WARP - 1) / WARP) // pairs (i, i + HALF_DIM) of a lane
#define HEADS_PER_BLOCK 4

// qkv: [tokens, QKV_HEADS, HEAD_DIM]; the queries stay there, the rest goes to the cache.
// cosines, sines: [positions, HALF_DIM]. Norm weights: [HEAD_DIM], or null. Bias: [QKV_HEADS x
// HEAD_DIM], or null. slots[token] = block x BLOCK_SIZE + offset; below 0: it has none.
extern "C" __global__ void write_query_key_value(
    element* qkv, const element* bias, const element* query_norm, const element* key_norm,
    const float* cosines, const float* sines, const int* positions, const int* slots,
    element* keys, element* values, float epsilon) {
    start_next();
    const int head = blockIdx.y * HEADS_PER_BLOCK + threadIdx.x / WARP;
    const int lane = threadIdx.x % WARP;
    if (head >= QKV_HEADS)
        return;
    const long long token = blockIdx.x;
    const bool is_query = head < QUERY_HEADS;
    const bool is_value = head >= QUERY_HEADS + KV_HEADS;
    const element* norm = is_query ? query_norm : is_value ? nullptr : key_norm;

    // What the step was sent with, and weights, depend on no kernel in front.
    const int slot = slots[token];
    const long long angles = (long long)positions[token] * HALF_DIM;
    float cosine[PAIRS], sine[PAIRS], scale0[PAIRS], scale1[PAIRS];
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = min(lane + j * WARP, HALF_DIM - 1);
        cosine[j] = is_value ? 1 : cosines[angles + i];
        sine[j] = is_value ? 0 : sines[angles + i];
        scale0[j] = norm ? widen(norm[i]) : 1;
        scale1[j] = norm ? widen(norm[i + HALF_DIM]) : 1;
    }
    wait_for_last();

    element* from = qkv + (token * QKV_HEADS + head) * HEAD_DIM;
    float first[PAIRS], second[PAIRS];
    float squares = 0;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + j * WARP;
        const bool inside = i < HALF_DIM;
        first[j] = inside ? widen(from[i]) : 0;
        second[j] = inside ? widen(from[i + HALF_DIM]) : 0;
        if (bias && inside) {
            first[j] += widen(bias[head * HEAD_DIM + i]);
            second[j] += widen(bias[head * HEAD_DIM + i + HALF_DIM]);
        }
        squares += first[j] * first[j] + second[j] * second[j];
    }

    const float scale = norm ? rsqrtf(warp_sum(squares) / HEAD_DIM + epsilon) : 1;
    element* to = from;
    if (!is_query) {
        if (slot < 0)
            return;
        const int kv_head = (head - QUERY_HEADS) % KV_HEADS;
        to = (is_value ? values : keys)
            + slot_offset(slot / BLOCK_SIZE, slot % BLOCK_SIZE, kv_head);
    }
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + j * WARP;
        if (i >= HALF_DIM)
            break;
        const float x = first[j] * scale * scale0[j], y = second[j] * scale * scale1[j];
        to[i] = narrow(x * cosine[j] - y * sine[j]);
        to[i + HALF_DIM] = narrow(y * cosine[j] + x * sine[j]);
    }
}
