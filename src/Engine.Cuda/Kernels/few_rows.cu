// Matrix products of a few rows on tensor cores. A warp takes 16 outputs, all rows and a part of
// the inputs; the warps of a block share out the inputs and add up what they have found. Weights go
// from memory to the registers of the products with nothing in between:
//
//   output' [16 outputs x 8 rows] += weights [16 x inputs] input' [inputs x 8 rows]
//
// Sums do not depend on the order of their terms: a lane reads eight neighbouring inputs, 16 bytes,
// and the products take them in the order that this gives.
#include "common.cuh"

#if ELEMENT != FLOAT32

#define FEW_UNROLL 4 // pieces of 32 inputs of a warp that are on their way at once
#define FEW_OUTPUTS 16
#define FEW_ROWS 32
#define PIECE 32 // inputs, four lanes each
#define FEW_LEFT 8 // warps whose sums lie in shared memory at once

// NARROW: as they are; ADDED: to what is there, in float32; GATED: of silu(gates) x others.
enum few_output { NARROW, ADDED, GATED };

// input: [rows, inputs]. weights: [outputs, inputs]; GATED: [2 x outputs, inputs], the gates'
// first. inputs: a multiple of 32; outputs: of 16; GATED: of 8.
//
// A norm in front of a product divides each row by its root mean square. Whoever adds to the
// residual stream can prepare that: it leaves rows times the weights of the norm, not divided yet,
// in `prepared`, and sums of squares, of as many slices of a row as there are blocks, in
// `next_squares`: [slices, FEW_ROWS]. The product after that divides its sums.
struct product {
    const void* input;
    const element* norm; // IsNormed: the input is the residual stream, and this the norm
    const element* weights;
    void* output;
    int rows, inputs, outputs;
    float epsilon;
    const float* squares; // of the input; null: it is what it is
    int slices;
    const element* next_norm; // ADDED; null: nothing is prepared
    element* prepared;
    float* next_squares;
};

// Rows of the residual stream, divided by their root mean square: [rows, inputs] in shared memory.
__device__ __forceinline__ void norm_few(const product& all, element* shared) {
    for (int row = 0; row < all.rows; row++) {
        const float* from = (const float*)all.input + (long long)row * all.inputs;
        float squares = 0;
        for (int i = threadIdx.x * 4; i < all.inputs; i += blockDim.x * 4) {
            const float4 x = *(const float4*)(from + i);
            squares += x.x * x.x + x.y * x.y + x.z * x.z + x.w * x.w;
        }
        const float scale = rsqrtf(block_sum(squares) / all.inputs + all.epsilon);
        for (int i = threadIdx.x * 4; i < all.inputs; i += blockDim.x * 4) {
            const float4 x = *(const float4*)(from + i);
            const four w = load_four(all.norm + i);
            store_four(
                shared + row * all.inputs + i,
                {x.x * scale * w.x[0], x.y * scale * w.x[1], x.z * scale * w.x[2],
                    x.w * scale * w.x[3]});
        }
    }
    __syncthreads();
}

// A warp's part of the sums of squares of a lane's row.
template <int Warps, int Rows>
__device__ __forceinline__ float squares_of(const product& all, int warp, int lane) {
    float sum = 0;
    if (lane < Rows)
#pragma unroll 4
        for (int slice = warp; slice < all.slices; slice += Warps)
            sum += all.squares[slice * FEW_ROWS + lane];
    return sum;
}

// One sum of a row, to where it goes. Neighbouring lanes have neighbouring outputs of one row.
template <few_output Output>
__device__ __forceinline__ void leave_sum(
    const product& all, int row, int at, float sum, float other, float before) {
    const long long place = (long long)row * all.outputs + at;
    const bool is_there = row < all.rows;
    if (Output != ADDED) {
        if (is_there)
            ((element*)all.output)[place] =
                narrow(Output == GATED ? sum / (1 + expf(-sum)) * other : sum);
        return;
    }
    const float x = before + sum;
    if (is_there)
        ((float*)all.output)[place] = x;
    if (!all.next_norm)
        return;
    if (is_there)
        all.prepared[place] = narrow(x * widen(all.next_norm[at]));
    float squares = x * x;
#pragma unroll
    for (int step = FEW_OUTPUTS / 2; step > 0; step /= 2)
        squares += __shfl_xor_sync(ALL_LANES, squares, step);
    if (threadIdx.x % FEW_OUTPUTS == 0 && is_there)
        all.next_squares[blockIdx.x * FEW_ROWS + row] = squares;
}

// Grid: 16 outputs each; GATED: 8. Shared memory: the input, where it is normed.
template <few_output Output, bool IsNormed, int Warps, int RowTiles>
__device__ __forceinline__ void multiply_few(const product& all) {
    extern __shared__ uint4 shared[];
    constexpr int Rows = 8 * RowTiles, Left = Warps < FEW_LEFT ? Warps : FEW_LEFT;
    __shared__ float sums[Left][FEW_OUTPUTS][Rows + 1];
    __shared__ float squares[Warps][Rows];
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int g = lane / 4, t = lane % 4;
    constexpr int Each = Output == GATED ? FEW_OUTPUTS / 2 : FEW_OUTPUTS;
    const int first_output = blockIdx.x * Each;
    const element* row0 =
        all.weights + (long long)(first_output + g) * all.inputs + t * 8;
    const element* row1 = row0
        + (long long)(Output == GATED ? all.outputs : FEW_OUTPUTS / 2) * all.inputs;

    uint4 w[FEW_UNROLL][2];
    const auto load = [&](int first) {
#pragma unroll
        for (int u = 0; u < FEW_UNROLL; u++) {
            const int at = first + u * PIECE;
            w[u][0] = at < all.inputs ? load_once(row0 + at) : make_uint4(0, 0, 0, 0);
            w[u][1] = at < all.inputs ? load_once(row1 + at) : make_uint4(0, 0, 0, 0);
        }
    };
    const int stride = Warps * FEW_UNROLL * PIECE;
    int first = warp * FEW_UNROLL * PIECE;
    // Weights depend on nothing: they are on their way before the kernel in front has ended.
    if (first < all.inputs)
        load(first);
    start_next();
    wait_for_last();
    if (IsNormed)
        norm_few(all, (element*)shared);
    if (all.squares) {
        const float sum = squares_of<Warps, Rows>(all, warp, lane);
        if (lane < Rows)
            squares[warp][lane] = sum;
    }
    const element* from = (IsNormed ? (const element*)shared : (const element*)all.input)
        + (long long)g * all.inputs + t * 8;

    float acc[RowTiles][4] = {};
    for (; first < all.inputs; first += stride) {
#pragma unroll
        for (int u = 0; u < FEW_UNROLL; u++) {
            const int at = first + u * PIECE;
            uint4 x[RowTiles];
#pragma unroll
            for (int r = 0; r < RowTiles; r++)
                x[r] = r * 8 + g < all.rows && at < all.inputs
                    ? *(const uint4*)(from + (long long)r * 8 * all.inputs + at)
                    : make_uint4(0, 0, 0, 0);
            const unsigned low[4] = {w[u][0].x, w[u][1].x, w[u][0].y, w[u][1].y};
            const unsigned high[4] = {w[u][0].z, w[u][1].z, w[u][0].w, w[u][1].w};
#pragma unroll
            for (int r = 0; r < RowTiles; r++) {
                multiply_add(acc[r], low, x[r].x, x[r].y);
                multiply_add(acc[r], high, x[r].z, x[r].w);
            }
        }
        if (first + stride < all.inputs)
            load(first + stride);
    }
    // What is added to is on its way while warps add up.
    const int at = threadIdx.x % Each;
    float before = 0;
    if (Output == ADDED && threadIdx.x / Each < all.rows)
        before = ((const float*)all.output)[
            (long long)(threadIdx.x / Each) * all.outputs + first_output + at];
    const auto leave = [&](bool is_sum) {
#pragma unroll
        for (int r = 0; r < RowTiles; r++)
#pragma unroll
            for (int i = 0; i < 4; i++) {
                float& sum = sums[warp % Left][g + i / 2 * 8][r * 8 + 2 * t + i % 2];
                sum = is_sum ? sum + acc[r][i] : acc[r][i];
            }
        __syncthreads();
    };
    if (Warps > Left) {
        if (warp >= Left)
            leave(false);
        else
            __syncthreads();
        if (warp < Left)
            leave(true);
        else
            __syncthreads();
    } else
        leave(false);

    static_assert(Output != ADDED || Each * Rows <= Warps * WARP, "one sum a thread");
    for (int i = threadIdx.x; i < Each * Rows; i += Warps * WARP) {
        const int row = i / Each;
        float sum = 0, other = 0;
#pragma unroll
        for (int v = 0; v < Left; v++) {
            sum += sums[v][at][row];
            if (Output == GATED)
                other += sums[v][at + Each][row];
        }
        if (all.squares) {
            float total = 0;
#pragma unroll
            for (int v = 0; v < Warps; v++)
                total += squares[v][row];
            const float scale = rsqrtf(total / all.inputs + all.epsilon);
            sum *= scale;
            other *= scale;
        }
        leave_sum<Output>(all, row, first_output + at, sum, other, before);
    }
}

#define FEW_KERNEL(name, output, is_normed, warps, row_tiles, at_once) \
    extern "C" __global__ void __launch_bounds__(warps * WARP, at_once) name( \
        const void* input, const element* norm, const element* weights, void* target, int rows, \
        int inputs, int outputs, float epsilon, const float* squares, int slices, \
        const element* next_norm, element* prepared, float* next_squares) { \
        multiply_few<output, is_normed, warps, row_tiles>( \
            {input, norm, weights, target, rows, inputs, outputs, epsilon, squares, slices, \
                next_norm, prepared, next_squares}); \
    }

FEW_KERNEL(few_narrow_8, NARROW, false, 8, 1, 3)
FEW_KERNEL(few_narrow_16, NARROW, false, 8, 2, 3)
FEW_KERNEL(few_narrow_32, NARROW, false, 8, 4, 3)
FEW_KERNEL(few_added_8, ADDED, false, 16, 1, 1)
FEW_KERNEL(few_added_16, ADDED, false, 16, 2, 1)
FEW_KERNEL(few_added_32, ADDED, false, 16, 4, 1)
FEW_KERNEL(few_gated_8, GATED, false, 8, 1, 3)
FEW_KERNEL(few_gated_16, GATED, false, 8, 2, 3)
FEW_KERNEL(few_gated_32, GATED, false, 8, 4, 3)
FEW_KERNEL(few_narrow_normed, NARROW, true, 8, 1, 3)
FEW_KERNEL(few_gated_normed, GATED, true, 8, 1, 3)
#endif
