// Moves blocks between pools that lie in the device's memory or in pinned memory of the host.
#include "common.cuh"

// For each pair (from, to) of blocks and each tensor of the pools: block `to` of the one becomes
// block `from` of the other. Grid: pairs x tensors x pieces. Blocks are words of 16, 8 or 4 bytes.
template <typename Word>
__device__ __forceinline__ void move(
    const void* const* sources, void* const* targets, const int2* pairs, long long words) {
    const int2 pair = pairs[blockIdx.x];
    const Word* from = (const Word*)sources[blockIdx.y] + pair.x * words;
    Word* to = (Word*)targets[blockIdx.y] + pair.y * words;
    for (long long i = blockIdx.z * blockDim.x + threadIdx.x; i < words;
         i += gridDim.z * blockDim.x)
        to[i] = from[i];
}

extern "C" __global__ void move_blocks(
    const void* const* sources, void* const* targets, const int2* pairs, long long bytes) {
    start_next();
    wait_for_last();
    if (bytes % 16 == 0)
        move<uint4>(sources, targets, pairs, bytes / 16);
    else
        move<element>(sources, targets, pairs, bytes / (long long)sizeof(element));
}
