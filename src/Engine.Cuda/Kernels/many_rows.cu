// Gates of many rows on Hopper's tensor cores: output = silu(input x gates') x (input x ups'). Each
// block of threads computes tiles of 128 rows and 112 outputs, the gates beside the others in one
// product of 224 columns, so that a thread holds both of an output. One warp has tiles of operands
// copied to shared memory, two warpgroups multiply them. Blocks of a cluster compute the same
// outputs of different rows: each copies a part of the weights to all of them.
#include "common.cuh"
#include "hopper.cuh"

#if ELEMENT != FLOAT32 && defined(__CUDA_ARCH_FEAT_SM90_ALL)

#define MANY_STAGES 4 // more of them are slower
#define MANY_ROWS 128
#define MANY_OUTPUTS 112
#define MANY_DEPTH 64 // inputs of a tile: 128 bytes
#define MANY_GROUPS 2 // of four warps that multiply
#define PRODUCT_ROWS 64 // of a group
#define MANY_THREADS (MANY_GROUPS * 128 + WARP)

struct many_stage {
    element rows[MANY_ROWS * MANY_DEPTH];
    element gates[MANY_OUTPUTS * MANY_DEPTH];
    element ups[MANY_OUTPUTS * MANY_DEPTH];
};

struct many_shared {
    many_stage stages[MANY_STAGES];
    phase_barrier full[MANY_STAGES]; // has its operands
    phase_barrier empty[MANY_STAGES]; // nobody of the cluster multiplies it any more
};

struct many_operands {
    const void* input_map;
    const void* weights_map;
    element* output;
    int rows, inputs, outputs;
};

// Groups of tiles of a cluster: the same outputs of neighbouring rows. Groups of the same outputs
// lie side by side, so that their weights are read once from memory.
template <int Cluster>
struct many_tiles {
    int groups_of_rows, groups;

    __device__ __forceinline__ many_tiles(const many_operands& all) {
        groups_of_rows = (all.rows + MANY_ROWS * Cluster - 1) / (MANY_ROWS * Cluster);
        groups = (all.outputs + MANY_OUTPUTS - 1) / MANY_OUTPUTS * groups_of_rows;
    }

    __device__ __forceinline__ int first_row(int group, int block) const {
        return (group % groups_of_rows * Cluster + block) * MANY_ROWS;
    }

    __device__ __forceinline__ int first_output(int group) const {
        return group / groups_of_rows * MANY_OUTPUTS;
    }
};

// Its part of the weights, to all blocks of the cluster: of two the first copies the gates.
template <int Cluster>
__device__ __forceinline__ void copy_weights(
    many_shared* shared, int stage, const many_operands& all, int column, int output, int block) {
    many_stage* to = &shared->stages[stage];
    phase_barrier* full = &shared->full[stage];
    expect_bytes(full, sizeof(many_stage));
    if (Cluster == 1) {
        copy_tile_once(to->gates, all.weights_map, full, column, output);
        copy_tile_once(to->ups, all.weights_map, full, column, all.outputs + output);
    } else {
        copy_tile_to_both(
            block == 0 ? to->gates : to->ups, all.weights_map, full, column,
            block == 0 ? output : all.outputs + output);
    }
}

// One thread: all copies of this block, as soon as there is room. Weights do not depend on the
// kernel in front, so the first ones are asked for before it has ended.
template <int Cluster>
__device__ __forceinline__ void copy_operands(
    many_shared* shared, const many_operands& all, int block, int cluster, int clusters) {
    const many_tiles<Cluster> tiles(all);
    const int pieces = all.inputs / MANY_DEPTH, ahead = min(MANY_STAGES, pieces);
    for (int i = 0; i < ahead; i++)
        copy_weights<Cluster>(
            shared, i, all, i * MANY_DEPTH, tiles.first_output(cluster), block);
    wait_for_last();
    int piece = 0;
    for (int group = cluster; group < tiles.groups; group += clusters)
        for (int i = 0; i < pieces; i++, piece++) {
            const int stage = piece % MANY_STAGES;
            if (piece >= MANY_STAGES)
                wait_phase(&shared->empty[stage], (piece / MANY_STAGES - 1) & 1);
            if (piece >= ahead)
                copy_weights<Cluster>(
                    shared, stage, all, i * MANY_DEPTH, tiles.first_output(group), block);
            copy_tile(
                shared->stages[stage].rows, all.input_map, &shared->full[stage], i * MANY_DEPTH,
                tiles.first_row(group, block));
        }
}

__device__ __forceinline__ void multiply_stage(
    float (&sums)[MANY_OUTPUTS], const many_stage& stage, int warpgroup) {
    unsigned long long weights = operand(stage.gates);
    unsigned long long rows = operand(stage.rows + warpgroup * PRODUCT_ROWS * MANY_DEPTH);
    begin_products();
#pragma unroll
    for (int k = 0; k < MANY_DEPTH / 16; k++)
        // 16 inputs are 32 bytes, two pieces of 16.
        multiply_wide(sums, rows + 2 * k, weights + 2 * k);
    commit_products();
}

template <int Cluster>
__device__ __forceinline__ void release(many_shared* shared, int stage) {
    if (threadIdx.x % 128 < Cluster)
        arrive_at(&shared->empty[stage], threadIdx.x % 128);
}

__device__ __forceinline__ float gated(float gate, float up) {
    return __fdividef(gate, 1 + __expf(-gate)) * up;
}

__device__ __forceinline__ void store_gated(
    const float (&sums)[MANY_OUTPUTS], const many_operands& all, int first_row,
    int first_output) {
    const int thread = threadIdx.x % 128, lane = thread % WARP;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int row = first_row + thread / WARP * 16 + half * 8 + lane / 4;
        element* to = all.output + (long long)row * all.outputs;
#pragma unroll
        for (int j = 0; j < MANY_OUTPUTS / 8; j++) {
            const int column = first_output + j * 8 + lane % 4 * 2;
            const int gate = j * 4 + half * 2, up = gate + MANY_OUTPUTS / 2;
            if (row < all.rows && column < all.outputs)
                *(unsigned*)(to + column) = pack_pair(
                    gated(sums[gate], sums[up]), gated(sums[gate + 1], sums[up + 1]));
        }
    }
}

template <int Cluster>
__device__ __forceinline__ void multiply_tiles(
    many_shared* shared, const many_operands& all, int block, int warpgroup, int cluster,
    int clusters) {
    const many_tiles<Cluster> tiles(all);
    int piece = 0;
    for (int group = cluster; group < tiles.groups; group += clusters) {
        float sums[MANY_OUTPUTS] = {};
#pragma unroll 1
        for (int i = 0; i < all.inputs / MANY_DEPTH; i++, piece++) {
            const int stage = piece % MANY_STAGES;
            wait_phase(&shared->full[stage], piece / MANY_STAGES & 1);
            multiply_stage(sums, shared->stages[stage], warpgroup);
            // The other group multiplies meanwhile.
            wait_products();
            release<Cluster>(shared, stage);
        }
        store_gated(
            sums, all, tiles.first_row(group, block) + warpgroup * PRODUCT_ROWS,
            tiles.first_output(group));
    }
}

template <int Cluster>
__device__ __forceinline__ void compute_gates(const many_operands& all) {
    extern __shared__ unsigned char memory[];
    many_shared* shared =
        (many_shared*)(((unsigned long long)memory + 1023) / 1024 * 1024);
    start_next();
    const int block = block_of_cluster(), warpgroup = threadIdx.x / 128;
    const int cluster = blockIdx.x / Cluster, clusters = gridDim.x / Cluster;
    if (threadIdx.x == 0) {
        for (int i = 0; i < MANY_STAGES; i++) {
            begin_barrier(&shared->full[i], 1);
            begin_barrier(&shared->empty[i], Cluster * MANY_GROUPS);
        }
        publish_barriers();
    }
    __syncwarp();
    meet_cluster();
    if (warpgroup < MANY_GROUPS)
        multiply_tiles<Cluster>(shared, all, block, warpgroup, cluster, clusters);
    else if (threadIdx.x % WARP == 0)
        copy_operands<Cluster>(shared, all, block, cluster, clusters);
    __syncwarp();
    // Nobody leaves while others may still copy to it, or arrive at its barriers.
    meet_cluster();
}

// input: [rows, inputs], by its map in tiles of 128 rows; weights: [2 x outputs, inputs], the
// gates' first, in tiles of 112 rows; both of 64 columns, swizzled in 128 bytes. inputs: a multiple
// of 64; outputs: of 8. Grid: any number of clusters.
extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(MANY_THREADS, 1)
    many_gates_2(
        const void* input_map, const void* weights_map, element* output, int rows, int inputs,
        int outputs) {
    compute_gates<2>({input_map, weights_map, output, rows, inputs, outputs});
}

extern "C" __global__ void __cluster_dims__(1, 1, 1) __launch_bounds__(MANY_THREADS, 1)
    many_gates_1(
        const void* input_map, const void* weights_map, element* output, int rows, int inputs,
        int outputs) {
    compute_gates<1>({input_map, weights_map, output, rows, inputs, outputs});
}

#endif
