// From the fused projection to attention's inputs: K and V into the slots of the cache. One warp a
// head of a token. Where attention of single queries takes raw ones, it does this by itself.
#include "query_key_value.cuh"

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
    const rotation by =
        load_rotation(cosines, sines, positions[token], !is_value, norm, lane);
    element* from = qkv + (token * QKV_HEADS + head) * HEAD_DIM;
    element* to = is_query ? from
        : place_of_slot(is_value ? values : keys, slot, (head - QUERY_HEADS) % KV_HEADS);
    wait_for_last();
    turn_head(
        from, bias ? bias + head * HEAD_DIM : nullptr, norm != nullptr, by, to, epsilon, lane);
}
