// From a head of the fused projection to what attention reads: bias, norm and rotation, by a warp.
#pragma once
#include "common.cuh"

#define HALF_DIM (HEAD_DIM / 2)
#define PAIRS ((HALF_DIM + WARP - 1) / WARP) // pairs (i, i + HALF_DIM) of a lane

// Of a lane's pairs: the rotation of a position, and the weights of a norm.
struct rotation {
    float cosine[PAIRS], sine[PAIRS], scale0[PAIRS], scale1[PAIRS];
};

// cosines, sines: [positions, HALF_DIM]. norm: [HEAD_DIM], or null. It depends on no kernel.
__device__ __forceinline__ rotation load_rotation(
    const float* cosines, const float* sines, int position, bool is_turned,
    const element* norm, int lane) {
    const long long angles = (long long)position * HALF_DIM;
    rotation by;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = min(lane + j * WARP, HALF_DIM - 1);
        by.cosine[j] = is_turned ? cosines[angles + i] : 1;
        by.sine[j] = is_turned ? sines[angles + i] : 0;
        by.scale0[j] = norm ? widen(norm[i]) : 1;
        by.scale1[j] = norm ? widen(norm[i + HALF_DIM]) : 1;
    }
    return by;
}

// from, bias, to: of this head; bias: or null. `to` may be `from`, or null: it goes nowhere.
__device__ __forceinline__ void turn_head(
    const element* from, const element* bias, bool is_normed, const rotation& by, element* to,
    float epsilon, int lane) {
    float first[PAIRS], second[PAIRS];
    float squares = 0;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + j * WARP;
        const bool inside = i < HALF_DIM;
        first[j] = inside ? widen(from[i]) : 0;
        second[j] = inside ? widen(from[i + HALF_DIM]) : 0;
        if (bias && inside) {
            first[j] += widen(bias[i]);
            second[j] += widen(bias[i + HALF_DIM]);
        }
        squares += first[j] * first[j] + second[j] * second[j];
    }
    const float scale = is_normed ? rsqrtf(warp_sum(squares) / HEAD_DIM + epsilon) : 1;
    if (!to)
        return;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + j * WARP;
        if (i >= HALF_DIM)
            break;
        const float x = first[j] * scale * by.scale0[j], y = second[j] * scale * by.scale1[j];
        to[i] = narrow(x * by.cosine[j] - y * by.sine[j]);
        to[i + HALF_DIM] = narrow(y * by.cosine[j] + x * by.sine[j]);
    }
}

// Where in the cache the key or value of a slot = block x BLOCK_SIZE + offset goes; below 0: it
// has none.
__device__ __forceinline__ element* place_of_slot(element* cache, int slot, int kv_head) {
    return slot < 0 ? nullptr
        : cache + slot_offset(slot / BLOCK_SIZE, slot % BLOCK_SIZE, kv_head);
}
